package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.command.Role;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.relay.RelayLog;
import io.cachesync.agent.relay.RelayReader;
import io.cachesync.agent.relay.RelayRecord;
import io.cachesync.agent.source.LostHistoryException;
import io.cachesync.agent.source.ReplicationPosition;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.HealReason;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a source has lost in a failover although we have received it: the keys that it wrote, so
 * that they can be fetched again, whether it was applied or not.
 */
final class LostWrites {
  private static final long WAIT_MILLIS = 1000;
  private static final int UNKNOWN = -1;

  private final LostHistoryException lost;
  private final CommandGate gate;
  private final CommandTable table = CommandTable.standard();
  private final TouchedKeys touched;
  private final Map<DatabaseKey, DoubtWalk.Cause> keys = new LinkedHashMap<>();
  private final Set<DatabaseKey> elsewhere = new LinkedHashSet<>();
  private int databaseThere = UNKNOWN;

  private LostWrites(LostHistoryException lost, CommandGate gate) {
    this.lost = lost;
    this.gate = gate;
    this.touched = new TouchedKeys(gate.selection(), gate.scripts());
  }

  /**
   * Reads the lost part of a relay log to whose end nothing more will come.
   *
   * @param at the target's checkpoint
   * @param reached the highest offset of which something is at the target
   * @throws FaultException SOURCE_REPLACED where not all that was lost can be told or healed
   */
  static LostWrites read(
      LostHistoryException lost,
      RelayLog relay,
      Checkpoint at,
      long reached,
      CommandGate gate,
      Control control)
      throws IOException, InterruptedException {
    LostWrites writes = new LostWrites(lost, gate);
    if (relay.endOffset() < Math.max(at.offset(), reached) || relay.firstOffset() > lost.upTo()) {
      throw writes.beyondHealing("the relay log no longer has all of that part");
    }
    writes.walk(relay, writes.begin(relay, at), control);
    return writes;
  }

  /** Up to here the histories are the same. */
  long upTo() {
    return lost.upTo();
  }

  String oldReplId() {
    return lost.oldReplId();
  }

  String newReplId() {
    return lost.newReplId();
  }

  /** The keys in the order in which they were written. */
  Map<DatabaseKey, DoubtWalk.Cause> keys() {
    return keys;
  }

  /** Keys of slots that are another link's, or about to be. */
  Set<DatabaseKey> elsewhere() {
    return elsewhere;
  }

  /** Where the target stands in the new history, once the keys are healed. */
  Checkpoint standing(Checkpoint at) {
    boolean before = at.offset() <= upTo();
    Checkpoint next =
        at.at(
            newReplId(),
            before ? at.offset() : upTo(),
            before || databaseThere == UNKNOWN ? at.database() : databaseThere,
            at.ledger());
    return at.start() < next.offset() ? next.since(at.start(), at.startDatabase()) : next;
  }

  /** The last place before the loss of which the selected database is known. */
  private ReplicationPosition begin(RelayLog relay, Checkpoint at) {
    long first = relay.firstOffset();
    if (at.offset() <= upTo() && at.offset() >= first) {
      return new ReplicationPosition(at.replId(), at.offset(), at.database());
    }
    if (at.start() <= upTo() && at.start() >= first) {
      return new ReplicationPosition(at.replId(), at.start(), at.startDatabase());
    }
    return new ReplicationPosition(at.replId(), first, UNKNOWN);
  }

  private void walk(RelayLog relay, ReplicationPosition from, Control control)
      throws IOException, InterruptedException {
    StreamCursor cursor = new StreamCursor(from);
    RelayRecord record = new RelayRecord();
    long end = relay.endOffset();
    try (RelayReader records = relay.reader(from.offset())) {
      while (cursor.offset() < end) {
        control.check();
        if (records.next(record, WAIT_MILLIS)) {
          cursor.take(record);
          for (StreamCommand in = cursor.next(); in != null; in = cursor.next()) {
            take(in, cursor);
          }
        }
      }
    }
  }

  private void take(StreamCommand in, StreamCursor cursor) throws FaultException {
    Command command = table.find(in.buffer(), in.offset(0), in.length(0));
    if (in.endOffset() <= upTo()) {
      if (command.role() == Role.CONTROL) {
        cursor.follow(command, in);
      }
      databaseThere = cursor.database();
      return;
    }
    switch (command.role()) {
      case CONTROL -> cursor.follow(command, in);
      case MESSAGE -> {}
      case DATA -> data(command, in, cursor.database());
      default ->
          throw beyondHealing("it holds %s at offset %d".formatted(command.name(), in.endOffset()));
    }
  }

  private void data(Command command, StreamCommand in, int database) throws FaultException {
    if (database == UNKNOWN) {
      throw beyondHealing("which database it is of cannot be told");
    }
    CommandGate.Verdict verdict = gate.judge(command, in, database);
    if (verdict == CommandGate.Verdict.FILTER) {
      return;
    }
    touched.look(command, in, database);
    if (verdict == CommandGate.Verdict.MOVES) {
      gate.noticeMove();
    }
    if (verdict == CommandGate.Verdict.MOVES || verdict == CommandGate.Verdict.ELSEWHERE) {
      addWritten(elsewhere);
      return;
    }
    if (command.runsCode() ? !touched.areAll() : touched.size() == 0) {
      throw beyondHealing(
          "%s at offset %d does not name what it wrote".formatted(command.name(), in.endOffset()));
    }
    for (int i = 0; i < touched.size(); i++) {
      if (touched.writes(i)) {
        keys.putIfAbsent(
            touched.key(i),
            new DoubtWalk.Cause(HealReason.SOURCE_FAILED_OVER, in.endOffset(), command.name()));
      }
    }
  }

  private void addWritten(Collection<DatabaseKey> into) {
    for (int i = 0; i < touched.size(); i++) {
      if (touched.writes(i)) {
        into.add(touched.key(i));
      }
    }
  }

  private FaultException beyondHealing(String why) {
    return new FaultException(
        Fault.fatal(
            FaultCode.SOURCE_REPLACED,
            "%s; what it wrote cannot be fetched again: %s"
                .formatted(lost.fault().message(), why)));
  }
}
