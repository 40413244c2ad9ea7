package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.command.Role;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.entry.StreamReader;
import io.cachesync.agent.relay.RelayLog;
import io.cachesync.agent.relay.RelayReader;
import io.cachesync.agent.relay.RelayRecord;
import io.cachesync.agent.writer.StandaloneWriter;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/**
 * Applies the stream out of the relay log, in its order: while one transaction is under way the
 * next one is filled. A transaction never ends inside one of the source.
 */
final class StreamApplier {
  private static final long POLL_MILLIS = 50;
  private static final long BARE_CHECKPOINT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long FINISH_SAMPLE_MILLIS = 3_000;

  private final StandaloneWriter writer;
  private final RelayLog relay;
  private final CommandGate gate;
  private final LinkState state;
  private final Clock clock;
  private final CommandTable table = CommandTable.standard();
  private final RelayRecord record = new RelayRecord();
  private final StreamReader reader;

  private Tally.Counts filling = new Tally.Counts();
  private Tally.Counts underWay = new Tally.Counts();
  private long underWayBytes;
  private String replId;
  private int database;
  private boolean inTransaction;
  private boolean toldTrimmed;
  private long lastSentNanos;
  private long finishAskedMillis;
  private long replayedUpTo = -1;

  StreamApplier(
      StandaloneWriter writer, RelayLog relay, CommandGate gate, LinkState state, Clock clock) {
    this.writer = writer;
    this.relay = relay;
    this.gate = gate;
    this.state = state;
    this.clock = clock;
    Checkpoint from = writer.acknowledged();
    reader = new StreamReader(from.offset());
    replId = from.replId();
    database = from.database();
  }

  /** Applies until everything is applied that was there when the finish was asked for. */
  void run() throws IOException, InterruptedException {
    Control control = state.control();
    state.applied(reader.offset());
    try (RelayReader records = relay.reader(reader.offset())) {
      while (!isFinished()) {
        control.check();
        if (control.isPaused()) {
          pause(control);
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
  }

  /**
   * Commands up to this offset come out of a former process's log: no receiver has counted them.
   */
  void replayed(long upToOffset) {
    replayedUpTo = upToOffset;
  }

  /** What had been sent is found applied after all, though its end was not seen. */
  void foundApplied() {
    state.tally().add(underWay);
  }

  private void pause(Control control) throws IOException, InterruptedException {
    awaitUnderWay();
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
    for (StreamCommand command = reader.next(); command != null; command = reader.next()) {
      if (command.endOffset() <= replayedUpTo) {
        state.tally().replayed(command.endOffset());
      }
      apply(command);
      if (!inTransaction && writer.isFull()) {
        commit();
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
    if (command.role() == Role.CONTROL) {
      control(command, in);
      filling.folded++;
      return;
    }
    switch (gate.judge(command, in, database)) {
      case FILTER -> filling.filtered++;
      case DELETE -> {
        writer.appendDelete(in, database);
        filling.applied++;
      }
      case TRIM -> {
        writer.appendWithout(in, database, command.name().equals("MSET") ? 2 : 1, gate::isOwn);
        filling.applied++;
        tellTrimmed(in);
      }
      case APPLY -> {
        if (writer.append(command, in, database)) {
          filling.applied++;
        } else {
          filling.folded++;
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
    return reader.offset() > writer.acknowledged().offset()
        && (finishAskedMillis != 0 || System.nanoTime() - lastSentNanos > BARE_CHECKPOINT_NANOS);
  }

  private void commit() throws IOException, InterruptedException {
    awaitUnderWay();
    state.control().limit(writer.pendingBytes(), writer.pendingCommands());
    underWayBytes = writer.pendingBytes();
    Tally.Counts sent = filling;
    filling = underWay;
    filling.clear();
    underWay = sent;
    lastSentNanos = System.nanoTime();
    writer.send(replId, reader.offset(), database);
  }

  private void awaitUnderWay() throws IOException {
    if (!writer.inFlight()) {
      return;
    }
    writer.await();
    state.tally().add(underWay);
    state.speed().add(underWayBytes, underWay.applied);
    long offset = writer.acknowledged().offset();
    state.applied(offset);
    relay.trim(offset);
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
}
