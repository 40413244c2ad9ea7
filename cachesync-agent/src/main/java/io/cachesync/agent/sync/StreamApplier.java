package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.command.Role;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.entry.StreamReader;
import io.cachesync.agent.relay.RelayLog;
import io.cachesync.agent.relay.RelayReader;
import io.cachesync.agent.relay.RelayRecord;
import io.cachesync.agent.writer.Doubt;
import io.cachesync.agent.writer.StandaloneWriter;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Applies the stream out of the relay log, in its order: while one transaction is under way the
 * next one is filled. A transaction never ends inside one of the source.
 */
final class StreamApplier {
  private static final long POLL_MILLIS = 50;
  private static final long BARE_CHECKPOINT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** What may be under way plain. */
  private static final int PLAIN_BATCHES = 32;

  private static final long PLAIN_BYTES = 8 << 20;
  private static final long FINISH_SAMPLE_MILLIS = 3_000;

  /** The share of the grace from which on commands are checked: they are yet to be executed. */
  private static final int CHECKED_FROM_PERCENT = 40;

  private final StandaloneWriter writer;
  private final RelayLog relay;
  private final CommandGate gate;
  private final LinkState state;
  private final Clock clock;
  private final CommandTable table = CommandTable.standard();
  private final RelayRecord record = new RelayRecord();
  private final Refetch refetch;
  private final Exactness exactness;
  private final Supplier<String> liveReplId;
  private final TouchedKeys touched = new TouchedKeys();
  private StreamReader reader;

  /** What is being filled; what was sent as a transaction; what was sent plain, oldest first. */
  private Filling filling;

  private Filling underWay;
  private final Deque<Filling> plain = new ArrayDeque<>();
  private long plainBytes;

  /** What went plain since the last checkpoint, and the history that it ends in. */
  private final Tally.Counts sinceCheckpoint = new Tally.Counts();

  private String sentReplId;
  private String replId;
  private int database;
  private boolean inTransaction;

  /** Whether keys may have expired at the target before what is being filled comes there. */
  private boolean late;

  private boolean toldTrimmed;
  private boolean alarmed;
  private long lastSentNanos;
  private long finishAskedMillis;
  private long replayedUpTo = -1;

  /**
   * @param refetch goes on with the keys that are ahead at this target
   * @param liveReplId of the stream as it is being received
   */
  StreamApplier(
      StandaloneWriter writer,
      RelayLog relay,
      CommandGate gate,
      Refetch refetch,
      Supplier<String> liveReplId,
      LinkState state,
      Clock clock,
      Exactness exactness) {
    this.writer = writer;
    this.relay = relay;
    this.gate = gate;
    this.refetch = refetch;
    this.liveReplId = liveReplId;
    this.state = state;
    this.clock = clock;
    this.exactness = exactness;
    standAt(writer.acknowledged());
  }

  /** Applies until everything is applied that was there when the finish was asked for. */
  void run() throws IOException, InterruptedException {
    try {
      do {
        if (refetch.isNeeded()) {
          heal();
        }
        try (RelayReader records = relay.reader(reader.offset())) {
          apply(records);
        }
      } while (refetch.isNeeded());
    } catch (IOException e) {
      // Whatever is told first: leaving the source ends its stream too.
      if (state.control().isEnding()) {
        settleAtStop();
      }
      throw e;
    }
  }

  /**
   * Commands up to this offset come out of a former process's log: no receiver has counted them.
   */
  void replayed(long upToOffset) {
    replayedUpTo = upToOffset;
  }

  /** Until the end, or until something is in doubt. */
  private void apply(RelayReader records) throws IOException, InterruptedException {
    Control control = state.control();
    while (!refetch.isNeeded() && !isFinished()) {
      control.check();
      if (control.isPaused()) {
        pause(control);
        continue;
      }
      boolean busy = isUnderWay() || !writer.isEmpty();
      if (records.next(record, busy ? 0 : POLL_MILLIS)) {
        take();
      } else if (isUnderWay()) {
        awaitUnderWay();
      } else if (!inTransaction && mayCommit()) {
        commit();
      } else if (busy) {
        // Inside a transaction of the source whose end has not come yet.
        control.await(1);
      }
    }
  }

  private void standAt(Checkpoint point) {
    reader = new StreamReader(point.offset());
    replId = point.replId();
    database = point.database();
    inTransaction = false;
    filling = new Filling(point.offset(), point.database());
    underWay = null;
    plain.clear();
    plainBytes = 0;
    sinceCheckpoint.clear();
    sentReplId = replId;
    state.applied(point.offset());
  }

  /** What was filled meanwhile was filled without knowing of the doubt. */
  private void heal() throws IOException, InterruptedException {
    writer.discard();
    refetch.ahead().undoBatch();
    refetch.heal(relay, gate, liveReplId);
    standAt(writer.acknowledged());
  }

  /** So that the next start finds nothing in doubt. */
  private void settleAtStop() throws InterruptedException {
    try {
      awaitUnderWay();
      if (!refetch.isNeeded()) {
        writer.discard();
        Checkpoint last = whatWasSent();
        if (!last.equals(writer.acknowledged())) {
          writer.send(last);
          writer.await();
        }
      }
    } catch (IOException e) {
      state.log(LogLevel.INFO, "stopped without a last word to the target: " + e.getMessage());
    }
  }

  private void pause(Control control) throws IOException, InterruptedException {
    awaitUnderWay();
    if (refetch.isNeeded()) {
      return;
    }
    state.phase(Phase.PAUSED);
    control.awaitUnpaused();
    state.phase(Phase.INCREMENTAL);
  }

  private void take() throws IOException, InterruptedException {
    long expected = reader.offset() + reader.pendingBytes();
    if (record.startOffset() != expected) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.STREAM_CORRUPT,
              "the relay log goes on at offset %d instead of %d"
                  .formatted(record.startOffset(), expected)));
    }
    replId = record.replId();
    if (record.database() >= 0) {
      database = record.database();
    }
    reader.append(record.buffer(), record.offset(), record.length(), record.receivedMillis());
    late = isOlder(filling, writer.graceMillis() * CHECKED_FROM_PERCENT / 100);
    for (StreamCommand command = reader.next(); command != null; command = reader.next()) {
      if (command.endOffset() <= replayedUpTo) {
        state.tally().replayed(command.endOffset());
      }
      filling.counts.read++;
      apply(command);
      if (!inTransaction && (filling.doubtful || writer.isFull())) {
        commit();
        if (refetch.isNeeded()) {
          return;
        }
      }
    }
  }

  private void apply(StreamCommand in) throws IOException {
    Command command = table.find(in.buffer(), in.offset(0), in.length(0));
    if (!command.known()) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.UNKNOWN_COMMAND,
              "the source sent the command '%s' at offset %d, which is not known"
                  .formatted(in.text(0), in.endOffset())));
    }
    Tally.Counts counts = filling.counts;
    if (command.role() == Role.CONTROL) {
      control(command, in);
      counts.folded++;
      return;
    }
    CommandGate.Verdict verdict = gate.judge(command, in, database);
    if (verdict == CommandGate.Verdict.FILTER) {
      counts.filtered++;
    } else if (isHealed(command, in, verdict)) {
      counts.healed++;
    } else if (verdict == CommandGate.Verdict.DELETE) {
      writer.appendDelete(in, database);
      counts.applied++;
    } else if (verdict == CommandGate.Verdict.TRIM) {
      writer.appendWithout(in, database, each(command), gate::isOwn);
      counts.applied++;
      tellTrimmed(in);
    } else if (writer.append(command, in, database, late)) {
      counts.applied++;
      filling.replacing &= touched.replaces(command, in);
    } else {
      counts.folded++;
    }
  }

  /** Whether the command is contained in what was fetched; what it also does is seen to here. */
  private boolean isHealed(Command command, StreamCommand in, CommandGate.Verdict verdict)
      throws IOException {
    Ahead ahead = refetch.ahead();
    long end = in.endOffset();
    if (ahead.isBehind(end) || !exactness.skipsWhatIsAhead()) {
      return false;
    }
    if (command.role() == Role.FLUSH) {
      flush(command, in);
      return false;
    }
    if (command.role() != Role.DATA) {
      return false;
    }
    touched.look(command, in, database);
    if (verdict == CommandGate.Verdict.DELETE) {
      return ahead.covers(touched.key(0), end);
    }
    switch (ahead.judge(touched, end)) {
      case APPLY -> {
        return false;
      }
      case SKIP -> {
        return true;
      }
      case PART -> {
        appendPart(command, in);
        return true;
      }
      default -> {
        filling.doubtful = true;
        return true;
      }
    }
  }

  /** A DEL, UNLINK or MSET without the keys that are ahead and those that are never moved. */
  private void appendPart(Command command, StreamCommand in) throws IOException {
    Set<Integer> left = new HashSet<>();
    for (int i = 0; i < touched.size(); i++) {
      int argument = touched.argument(i);
      if (gate.isOwn(in, argument) || refetch.ahead().covers(touched.key(i), in.endOffset())) {
        left.add(argument);
      }
    }
    if (left.size() < touched.size()) {
      writer.appendWithout(in, database, each(command), (of, argument) -> left.contains(argument));
    }
  }

  private static int each(Command command) {
    return command.name().startsWith("MSET") ? 2 : 1;
  }

  private void flush(Command command, StreamCommand in) {
    Ahead ahead = refetch.ahead();
    switch (command.name()) {
      case "FLUSHALL" -> filling.flushed.addAll(ahead.flushed(-1));
      case "FLUSHDB" -> filling.flushed.addAll(ahead.flushed(database));
      default -> {
        if (!ahead.swapped((int) in.number(1), (int) in.number(2), in.endOffset()).isEmpty()) {
          filling.doubtful = true;
        }
      }
    }
  }

  /** The first one is told, so that the log stays readable. */
  private void tellTrimmed(StreamCommand in) {
    if (!toldTrimmed) {
      toldTrimmed = true;
      state.log(
          LogLevel.WARN,
          "%s at offset %d names keys that begin as our own do; such keys are left out, here and"
                  .formatted(in.text(0), in.endOffset())
              + " from now on");
    }
  }

  private void control(Command command, StreamCommand in) {
    switch (command.name()) {
      case "SELECT" -> database = (int) in.number(1);
      case "MULTI" -> inTransaction = true;
      case "EXEC" -> inTransaction = false;
      default -> {}
    }
  }

  /** A bare checkpoint, for commands that are not sent, goes a few times a second at most. */
  private boolean mayCommit() {
    if (!writer.isEmpty()) {
      return true;
    }
    Checkpoint at = writer.acknowledged();
    return (reader.offset() > at.offset() || at.start() < at.offset())
        && (finishAskedMillis != 0 || System.nanoTime() - lastSentNanos > BARE_CHECKPOINT_NANOS);
  }

  private void commit() throws IOException, InterruptedException {
    if (mayGoPlain()) {
      commitPlain();
      return;
    }
    if (exactness.awaitsPlainReplies() || writer.inFlight()) {
      awaitUnderWay();
    }
    if (refetch.isNeeded()) {
      return;
    }
    state.control().limit(writer.pendingBytes(), writer.pendingCommands());
    filling.bytes = writer.pendingBytes();
    filling.unchecked = writer.isUnchecked();
    boolean bare = writer.isEmpty();
    forgetPassed();
    lastSentNanos = System.nanoTime();
    sinceCheckpoint.add(filling.counts);
    Checkpoint next =
        writer
            .acknowledged()
            .at(replId, reader.offset(), database, state.tally().with(sinceCheckpoint));
    boolean settled = (bare && !filling.doubtful) || !exactness.keepsStartOfDoubt();
    writer.send(settled ? next : next.since(filling.start, filling.startDatabase));
    filling.ahead = filling.doubtful ? refetch.ahead().atBegin() : null;
    underWay = begun();
  }

  /**
   * Transactions cost the target half as much again, so a full batch that only replaces goes
   * without, for as long as the last checkpoint is fresh enough to begin from once more.
   */
  private boolean mayGoPlain() {
    return filling.replacing
        && writer.isFull()
        && !filling.doubtful
        && refetch.ahead().isEmpty()
        && finishAskedMillis == 0
        && System.nanoTime() - lastSentNanos < BARE_CHECKPOINT_NANOS;
  }

  private void commitPlain() throws IOException, InterruptedException {
    if (writer.inFlight()) {
      awaitUnderWay();
    }
    while (plain.size() >= PLAIN_BATCHES || plainBytes > PLAIN_BYTES) {
      awaitOldestPlain();
    }
    if (refetch.isNeeded()) {
      return;
    }
    state.control().limit(writer.pendingBytes(), writer.pendingCommands());
    filling.bytes = writer.pendingBytes();
    filling.endOffset = reader.offset();
    writer.sendPlain();
    sinceCheckpoint.add(filling.counts);
    plainBytes += filling.bytes;
    plain.add(begun());
  }

  /** What was filled is sent; the next begins. */
  private Filling begun() {
    Filling sent = filling;
    refetch.ahead().beginBatch();
    filling = new Filling(reader.offset(), database);
    sentReplId = replId;
    return sent;
  }

  /** Where the lane stands with all that was sent, once it was answered. */
  private Checkpoint whatWasSent() {
    return writer
        .acknowledged()
        .at(sentReplId, filling.start, filling.startDatabase, state.tally().with(sinceCheckpoint));
  }

  /** What lies behind the lane needs no longer be known as ahead. */
  private void forgetPassed() {
    List<DatabaseKey> gone = refetch.ahead().removeUpTo(filling.start);
    if (gone.isEmpty() && filling.flushed.isEmpty()) {
      return;
    }
    List<byte[]> fields = new ArrayList<>();
    gone.forEach(key -> fields.add(HealRecord.aheadField(key)));
    filling.flushed.forEach(key -> fields.add(HealRecord.aheadField(key)));
    writer.appendHealRecord("HDEL", fields);
  }

  private boolean isUnderWay() {
    return writer.inFlight() || !plain.isEmpty();
  }

  private void awaitUnderWay() throws IOException {
    if (writer.inFlight()) {
      awaitTransaction();
    }
    while (!plain.isEmpty()) {
      awaitOldestPlain();
    }
  }

  private void awaitTransaction() throws IOException {
    List<Doubt> doubts = writer.await();
    plain.clear();
    plainBytes = 0;
    sinceCheckpoint.clear();
    Checkpoint at = writer.acknowledged();
    state.tally().at(at.ledger());
    alarm(at.ledger());
    state.speed().add(underWay.bytes, underWay.counts.applied);
    boolean lateUnchecked = underWay.unchecked && isOlder(underWay, writer.graceMillis());
    if (!underWay.doubtful && doubts.isEmpty() && !lateUnchecked) {
      state.applied(at.offset());
      relay.trim(at.offset());
    } else {
      Map<DatabaseKey, Long> ahead = underWay.ahead;
      inDoubt(
          underWay,
          at.offset(),
          doubts,
          lateUnchecked,
          ahead == null ? refetch.ahead().atBegin() : ahead);
    }
  }

  private void awaitOldestPlain() throws IOException {
    List<Doubt> doubts = writer.awaitPlain();
    Filling oldest = plain.remove();
    plainBytes -= oldest.bytes;
    state.speed().add(oldest.bytes, oldest.counts.applied);
    if (doubts.isEmpty()) {
      state.applied(oldest.endOffset);
      return;
    }
    List<Doubt> all = new ArrayList<>(doubts);
    while (!plain.isEmpty()) {
      all.addAll(writer.awaitPlain());
      plain.remove();
    }
    plainBytes = 0;
    // What is in doubt hangs on a checkpoint that stands behind it.
    writer.discard();
    Checkpoint here = whatWasSent();
    boolean keeps = exactness.keepsStartOfDoubt();
    writer.send(keeps ? here.since(oldest.start, oldest.startDatabase) : here);
    writer.await();
    sinceCheckpoint.clear();
    state.tally().at(here.ledger());
    inDoubt(oldest, here.offset(), all, false, Map.of());
  }

  private void inDoubt(
      Filling first,
      long end,
      List<Doubt> doubts,
      boolean lateUnchecked,
      Map<DatabaseKey, Long> ahead) {
    refetch.inDoubt(
        new OpenDoubt(
            first.start,
            first.startDatabase,
            end,
            OpenDoubt.seeds(doubts),
            false,
            lateUnchecked,
            ahead));
  }

  /** Whether the source may have executed a part of this longer ago. */
  private boolean isOlder(Filling part, long millis) {
    return exactness.checksLateCommands()
        && state.age().atMost(part.start, clock.millis()) > millis;
  }

  private void alarm(Ledger ledger) {
    if (!ledger.balanced() && !alarmed) {
      alarmed = true;
      state.log(LogLevel.ERROR, "the ledger does not balance: " + ledger);
    }
  }

  /** The source is asked once more where it stands; where it does not answer, what came counts. */
  private boolean isFinished() {
    if (state.control().desired() != Desired.FINISH) {
      return false;
    }
    if (finishAskedMillis == 0) {
      finishAskedMillis = clock.millis();
      state.phase(Phase.FINISHING);
    }
    long end = Math.max(relay.endOffset(), reader.offset());
    if (state.lag().sampledMillis() >= finishAskedMillis) {
      end = Math.max(end, state.lag().sourceOffset());
    } else if (clock.millis() - finishAskedMillis < FINISH_SAMPLE_MILLIS) {
      return false;
    }
    return writer.isEmpty() && !isUnderWay() && writer.acknowledged().offset() >= end;
  }

  /** The part of the stream that is sent at once. */
  private static final class Filling {
    final long start;
    final int startDatabase;
    final Tally.Counts counts = new Tally.Counts();

    /** Keys that are no longer ahead because their database is flushed. */
    final List<DatabaseKey> flushed = new ArrayList<>();

    /** Whether something is left out whose keys must be fetched. */
    boolean doubtful;

    /** What was ahead where this began. */
    Map<DatabaseKey, Long> ahead;

    /** Whether each of its commands only replaces. */
    boolean replacing = true;

    long bytes;
    long endOffset;

    /** Whether a command has no check before it although its key may expire. */
    boolean unchecked;

    Filling(long start, int startDatabase) {
      this.start = start;
      this.startDatabase = startDatabase;
    }
  }
}
