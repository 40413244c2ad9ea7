package io.cachesync.agent.sync;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.command.Role;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.relay.RelayLog;
import io.cachesync.agent.relay.RelayReader;
import io.cachesync.agent.relay.RelayRecord;
import io.cachesync.agent.source.ReplicationPosition;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import java.io.IOException;
import java.time.Clock;
import java.util.BitSet;
import java.util.function.Supplier;

/**
 * Reads the stream out of the relay log, in its order, and gives each command to the lane. A
 * transaction of the lane ends inside one of the source only where that is larger than memory is
 * kept for.
 */
final class StreamApplier {
  /** Asks the source whether slots move. */
  @FunctionalInterface
  interface Slots {
    void ask() throws IOException, InterruptedException;
  }

  /** Writes down which keys the slots of the link have at the source. */
  @FunctionalInterface
  interface Listing {
    void list() throws IOException, InterruptedException;
  }

  private static final long POLL_MILLIS = 50;
  private static final long PAUSED_POLL_MILLIS = 200;

  private final LaneApplier lane;
  private final RelayLog relay;
  private final Supplier<String> liveReplId;
  private final LinkState state;
  private final Clock clock;
  private final SlotShare share;
  private final SlotMoves moves;
  private final LaneRepair repair;
  private final Slots slots;
  private final Listing listing;
  private final Touching touching;
  private final CommandTable table = CommandTable.standard();
  private final RelayRecord record = new RelayRecord();
  private StreamCursor cursor;
  private final byte[] lastName = new byte[32];
  private int lastLength = -1;
  private Command last = Command.UNKNOWN;
  private boolean paused;

  /** Behind the last command that the lane was given, or that has nothing for it. */
  private long takenOffset;

  /** Behind the last command up to which a batch may go: outside of any transaction. */
  private long wholeOffset;

  /** Why nothing behind {@link #lastOffset} is applied, or null. */
  private FaultException refused;

  private long lastOffset;

  /** What was filled holds something of what was refused. */
  private boolean mustRefill;

  private long finishAskedMillis;
  private long replayedUpTo = -1;

  /**
   * @param liveReplId of the stream as it is being received
   * @param slots asked before all counts as applied
   * @param listing of slots of which nothing is applied any more
   */
  StreamApplier(
      LaneApplier lane,
      RelayLog relay,
      Supplier<String> liveReplId,
      LinkState state,
      Clock clock,
      SlotShare share,
      SlotMoves moves,
      LaneRepair repair,
      Slots slots,
      Listing listing) {
    this.listing = listing;
    this.share = share;
    this.repair = repair;
    this.slots = slots;
    this.moves = moves;
    this.lane = lane;
    this.relay = relay;
    this.liveReplId = liveReplId;
    this.state = state;
    this.clock = clock;
    this.touching = new Touching(state.touches());
  }

  /**
   * Commands up to this offset come out of a former process's log: no receiver has counted them.
   */
  void replayed(long upToOffset) {
    replayedUpTo = upToOffset;
  }

  /** Applies until everything is applied that was there when the finish was asked for. */
  void run() throws IOException, InterruptedException {
    touching.begin(lane.begin().offset());
    try {
      boolean repairs = false;
      do {
        awaitUnpaused();
        paused = false;
        if (share.hasNoticed()) {
          writeDownMoves();
        }
        if (lane.isInDoubt()) {
          lane.heal(relay, liveReplId);
        }
        if (share.listing().isDue()) {
          // Behind what is in doubt: that is remembered by now.
          listing.list();
        }
        if (repairs) {
          lane.repair(repair, liveReplId);
        }
        cursor = new StreamCursor(lane.begin());
        takenOffset = cursor.offset();
        wholeOffset = takenOffset;
        mustRefill = false;
        try (RelayReader records = relay.reader(cursor.offset())) {
          apply(records);
        } catch (SlotMoving e) {
          touching.pause();
          share.notice(e.slots());
        }
        repairs = mayRepair();
        if (!mustGoBack() && !paused) {
          // A slot that was given away a moment ago is gone from the target by now.
          slots.ask();
        }
        if (share.hasNoticed() || repairs || paused || mustRefill) {
          lane.rewind();
        }
      } while (lane.isInDoubt() || share.hasNoticed() || repairs || paused || mustRefill);
    } catch (IOException e) {
      // Whatever is told first: leaving the source ends its stream too.
      if (state.control().isEnding()) {
        settleAtStop();
      }
      throw e;
    } finally {
      touching.pause();
    }
  }

  /** Before anything of a slot is left out, it stands at the target that it is to be fetched. */
  private void writeDownMoves() throws IOException {
    BitSet slots = share.takeNoticed();
    if (slots.isEmpty()) {
      return;
    }
    lane.record(share.open(slots));
    moves.begin(slots);
    state.log(
        LogLevel.INFO,
        "slots move at the source: %s; they are fetched again once they have moved"
            .formatted(SlotRanges.of(slots)));
  }

  /** Until the end, until something is in doubt, or until slots are found to move. */
  private void apply(RelayReader records) throws IOException, InterruptedException {
    Control control = state.control();
    while (!mustGoBack() && !isFinished()) {
      control.check();
      if (control.isPaused()) {
        // What went without a checkpoint must have one by then: it may be long.
        paused = true;
        return;
      }
      boolean busy = lane.isBusy();
      if (next(records, busy ? 0 : POLL_MILLIS)) {
        take();
      } else if (lane.isUnderWay()) {
        lane.awaitUnderWay();
      } else if (!cursor.inTransaction() && lane.mayCommit(cursor.offset())) {
        lane.commit(cursor.position());
      } else if (busy) {
        // Inside a transaction of the source whose end has not come yet.
        control.await(1);
      }
    }
  }

  /** What the source ends its stream with, for good, is no reason to hold back what came before. */
  private boolean next(RelayReader records, long timeoutMillis)
      throws IOException, InterruptedException {
    try {
      return records.next(record, timeoutMillis);
    } catch (FaultException e) {
      if (refused != null) {
        endBeforeRefused();
      } else if (!lane.isBusy()) {
        throw e;
      } else {
        refuse(e);
      }
      return false;
    }
  }

  private boolean mustGoBack() {
    return mustRefill || lane.isInDoubt() || share.hasNoticed() || mayRepair();
  }

  /**
   * What is chosen to be repaired comes between two batches, and while nobody has paused. Not
   * inside a transaction of the source: what was filled of it would have to be filled once more,
   * each time.
   */
  private boolean mayRepair() {
    return !cursor.inTransaction() && repair.isDue() && !state.control().isPaused();
  }

  /** So that the next start finds nothing in doubt. */
  private void settleAtStop() throws InterruptedException {
    try {
      lane.settle();
    } catch (IOException e) {
      state.log(LogLevel.INFO, "stopped without a last word to the target: " + e.getMessage());
    }
  }

  private void awaitUnpaused() throws IOException, InterruptedException {
    if (state.control().isPaused()) {
      state.phase(Phase.PAUSED);
      boolean told = false;
      while (state.control().isPaused()) {
        told = tellEndOfStream(told);
        state.control().await(PAUSED_POLL_MILLIS);
      }
      state.phase(state.isRefused() ? Phase.CONNECTING : Phase.INCREMENTAL);
    }
  }

  /**
   * A pause may last for a night, and a source that nobody follows meanwhile is lost by then: what
   * ends its stream for good ends the link at once, with its checkpoint and what was received kept.
   *
   * @return whether it is told, where it passes
   */
  private boolean tellEndOfStream(boolean told) throws FaultException {
    Fault end = relay.failure();
    if (end == null) {
      return false;
    }
    if (!end.retryable()) {
      throw new FaultException(end);
    }
    if (!told) {
      state.log(
          LogLevel.WARN,
          "paused, and the source is not followed until this is resumed: " + end.message());
    }
    return true;
  }

  private void take() throws IOException, InterruptedException {
    cursor.take(record);
    touching.from(record.replId(), !moves.isAny());
    lane.measureAge();
    for (StreamCommand command = cursor.next(); command != null; command = cursor.next()) {
      if (refused != null && command.endOffset() > lastOffset) {
        endBeforeRefused();
        return;
      }
      if (command.endOffset() <= replayedUpTo) {
        state.tally().replayed(command.endOffset());
      }
      try {
        apply(command);
      } catch (FaultException e) {
        refuse(e);
        return;
      }
      takenOffset = command.endOffset();
      if (!cursor.inTransaction()) {
        wholeOffset = takenOffset;
      }
      if (cursor.inTransaction() ? isPartDue() : lane.isDue()) {
        lane.commit(cursor.position());
        if (lane.isInDoubt()) {
          return;
        }
      }
    }
  }

  /**
   * Whether as much of a transaction of the source was taken as memory is kept for. It goes on as
   * commands of their own, for a start that begins between two parts as well: readers of the target
   * may see it in the making, and nothing is applied twice.
   */
  private boolean isPartDue() {
    if (!lane.isTooLarge()) {
      return false;
    }
    if (cursor.cutTransaction()) {
      state.log(
          LogLevel.WARN,
          "a transaction of the source is larger than what is sent at once, at offset %d: it is"
                  .formatted(cursor.offset())
              + " applied in parts, and readers of the target may see a part of it");
    }
    return true;
  }

  private void apply(StreamCommand in) throws IOException, InterruptedException {
    Command command = find(in);
    if (!command.known()) {
      if (lane.applies(command, in)) {
        throw SlotNews.unknown(in, in.text(0));
      }
      lane.take(command, in, cursor.database());
      return;
    }
    if (command.role() == Role.CONTROL) {
      hearOfSlots(command, in);
      cursor.follow(command, in);
      lane.fold();
    } else {
      lane.take(command, in, cursor.database());
      touching.touch(command, in, cursor.database());
    }
  }

  /**
   * Nothing behind a command that is refused is applied, nor it, nor anything of the transaction of
   * the source that it stands in, but all before it: how long it takes until somebody starts the
   * link again, nobody knows. What was filled may hold some of it already, so it is filled once
   * more.
   */
  private void refuse(FaultException why) throws FaultException {
    if (why.fault().retryable() || refused != null) {
      throw why;
    }
    refused = why;
    lastOffset = wholeOffset;
    mustRefill = true;
  }

  /** All that may be applied was taken; where some of it is in doubt, that is healed before. */
  private void endBeforeRefused() throws IOException, InterruptedException {
    lane.hurry();
    if (!lane.isInDoubt()) {
      String replId = cursor.position().replId();
      lane.commit(new ReplicationPosition(replId, takenOffset, cursor.database()));
    }
    if (!lane.isInDoubt()) {
      lane.settle();
    }
    if (!lane.isInDoubt()) {
      throw refused;
    }
  }

  private void hearOfSlots(Command command, StreamCommand in)
      throws IOException, InterruptedException {
    if (SlotNews.isSome(command)) {
      SlotNews news = SlotNews.of(in);
      if (!news.slots().isEmpty()) {
        share.hear(news, in.endOffset());
      }
    }
  }

  /** Most commands are what the one before them was. */
  private Command find(StreamCommand in) {
    byte[] bytes = in.buffer();
    int at = in.offset(0);
    int length = in.length(0);
    boolean same = length == lastLength;
    for (int i = 0; same && i < length; i++) {
      same = bytes[at + i] == lastName[i];
    }
    if (!same) {
      last = table.find(bytes, at, length);
      lastLength = length <= lastName.length ? length : -1;
      System.arraycopy(bytes, at, lastName, 0, Math.max(lastLength, 0));
    }
    return last;
  }

  /** The source is asked once more where it stands; where it does not tell, what came counts. */
  private boolean isFinished() {
    if (state.control().desired() != Desired.FINISH) {
      return false;
    }
    if (finishAskedMillis == 0) {
      finishAskedMillis = clock.millis();
      lane.hurry();
      state.phase(Phase.FINISHING);
    }
    LagMeter.Told told =
        state.lag().toldSince(finishAskedMillis, clock.millis(), state.streamPort() > 0);
    if (told.isAwaited()) {
      return false;
    }
    long end = Math.max(Math.max(relay.endOffset(), cursor.offset()), told.offset());
    boolean finished = !moves.isAny() && !lane.isBusy() && lane.acknowledged().offset() >= end;
    if (finished && told.offset() < 0) {
      state.log(
          LogLevel.WARN,
          "the source does not tell where it stands, or is a replica without its master: what it has"
              + " sent by now is applied, what was written there and not sent is not");
    }
    return finished;
  }
}
