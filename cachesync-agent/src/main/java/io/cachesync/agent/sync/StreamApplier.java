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
import java.util.ArrayList;
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

  private Filling filling;
  private Filling underWay;
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
      boolean busy = writer.inFlight() || !writer.isEmpty();
      if (records.next(record, busy ? 0 : POLL_MILLIS)) {
        take();
      } else if (writer.inFlight()) {
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
      Checkpoint at = writer.acknowledged();
      if (!refetch.isNeeded() && at.start() < at.offset()) {
        writer.discard();
        writer.send(at.at(at.replId(), at.offset(), at.database(), at.ledger()));
        writer.await();
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
    } else {
      counts.folded++;
    }
  }

  /** Whether the command is contained in what was fetched; what it also does is seen to here. */
  private boolean isHealed(Command command, StreamCommand in, CommandGate.Verdict verdict) {
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
  private void appendPart(Command command, StreamCommand in) {
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
    awaitUnderWay();
    if (refetch.isNeeded()) {
      return;
    }
    state.control().limit(writer.pendingBytes(), writer.pendingCommands());
    filling.bytes = writer.pendingBytes();
    filling.unchecked = writer.isUnchecked();
    boolean bare = writer.isEmpty();
    forgetPassed();
    lastSentNanos = System.nanoTime();
    Checkpoint next =
        writer
            .acknowledged()
            .at(replId, reader.offset(), database, state.tally().with(filling.counts));
    boolean settled = (bare && !filling.doubtful) || !exactness.keepsStartOfDoubt();
    writer.send(settled ? next : next.since(filling.start, filling.startDatabase));
    filling.ahead = filling.doubtful ? refetch.ahead().atBegin() : null;
    refetch.ahead().beginBatch();
    underWay = filling;
    filling = new Filling(reader.offset(), database);
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

  private void awaitUnderWay() throws IOException {
    if (!writer.inFlight()) {
      return;
    }
    List<Doubt> doubts = writer.await();
    Checkpoint at = writer.acknowledged();
    state.tally().at(at.ledger());
    alarm(at.ledger());
    state.speed().add(underWay.bytes, underWay.counts.applied);
    boolean lateUnchecked = underWay.unchecked && isOlder(underWay, writer.graceMillis());
    if (!underWay.doubtful && doubts.isEmpty() && !lateUnchecked) {
      state.applied(at.offset());
      relay.trim(at.offset());
    } else {
      refetch.inDoubt(
          new OpenDoubt(
              underWay.start,
              underWay.startDatabase,
              at.offset(),
              OpenDoubt.seeds(doubts),
              false,
              lateUnchecked,
              underWay.ahead == null ? refetch.ahead().atBegin() : underWay.ahead));
    }
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
    return writer.isEmpty() && !writer.inFlight() && writer.acknowledged().offset() >= end;
  }

  /** The part of the stream that one transaction carries. */
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

    long bytes;

    /** Whether a command has no check before it although its key may expire. */
    boolean unchecked;

    Filling(long start, int startDatabase) {
      this.start = start;
      this.startDatabase = startDatabase;
    }
  }
}
