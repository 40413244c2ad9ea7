package io.cachesync.agent.sync;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * What a master tells its replicas of slots that move as a whole, as it was seen of Redis 8.6.3 and
 * Valkey 9.1.2.
 *
 * <p>Redis ({@code CLUSTER MIGRATION IMPORT}), the one that takes slots in, and the one that gives
 * them away:
 *
 * <pre>
 * CLUSTER SYNCSLOTS CONF ASM-TASK id:source:dest:import:connecting:0-49 60-99
 * FUNCTION RESTORE … REPLACE
 * CLUSTER SYNCSLOTS CONF SLOT-INFO slot:keys:expires
 * RESTORE key 0 … ABSTTL, SET, PEXPIREAT, …          each key, then what is written to it meanwhile
 * CLUSTER SYNCSLOTS CONF ASM-TASK id:source:dest:import:completed|failed:0-49 60-99
 * TRIMSLOTS RANGES 2 0 49 60 99                      where it has failed
 *
 * CLUSTER SYNCSLOTS CONF ASM-TASK id:source:dest:migrate:wait-rdbchannel|completed:0-49 60-99
 * TRIMSLOTS RANGES 2 0 49 60 99                      all keys of these slots are gone
 * </pre>
 *
 * <p>Valkey ({@code CLUSTER MIGRATESLOTS}), likewise:
 *
 * <pre>
 * CLUSTER SYNCSLOTS ESTABLISH SOURCE id NAME id SLOTSRANGE 0 49 60 99
 * CLUSTER SYNCSLOTS ACK
 * SET, RPUSH, HMSET, PEXPIREAT, …
 * CLUSTER SYNCSLOTS SNAPSHOT-EOF, PAUSED, FAILOVER-GRANTED
 * CLUSTER SYNCSLOTS FINISH STATE SUCCESS|FAILED NAME id MESSAGE …
 *
 * UNLINK key                                         each key, and nothing before them
 * </pre>
 *
 * @param slots that it is about; none where it tells nothing that has to be known
 * @param removes whether it removes what the node has of them
 */
record SlotNews(BitSet slots, boolean removes) {
  private static final Set<String> GIVEN_UP = Set.of("failed", "canceled");
  private static final int TASK_FIELDS = 6;

  /** Whether a command of the stream tells of slots. */
  static boolean isSome(Command command) {
    return command.name().equals("CLUSTER") || command.name().equals("TRIMSLOTS");
  }

  /**
   * @throws FaultException UNKNOWN_COMMAND where it has a form that is not known
   */
  static SlotNews of(StreamCommand in) throws FaultException {
    if (in.is(0, "TRIMSLOTS")) {
      return new SlotNews(trimmed(in), true);
    }
    // A Valkey tells its replicas whose a slot is; we ask the nodes.
    if (in.count() > 1 && in.is(1, "SETSLOT")) {
      return new SlotNews(new BitSet(), false);
    }
    if (in.count() < 3 || !in.is(1, "SYNCSLOTS")) {
      throw unknown(in);
    }
    if (in.is(2, "CONF") && in.count() > 4 && in.is(3, "ASM-TASK")) {
      return new SlotNews(ofTask(in), false);
    }
    return new SlotNews(in.is(2, "ESTABLISH") ? established(in) : new BitSet(), false);
  }

  static FaultException unknown(StreamCommand in, String name) {
    return new FaultException(
        Fault.fatal(
            FaultCode.UNKNOWN_COMMAND,
            "the source sent the command '%s' at offset %d, which is not known"
                .formatted(name, in.endOffset())));
  }

  /** Told with the words that a form is known by. */
  private static FaultException unknown(StreamCommand in) {
    int words = in.count() > 1 && in.is(1, "SYNCSLOTS") ? 5 : 2;
    List<String> told = new ArrayList<>();
    for (int i = 0; i < Math.min(words, in.count()); i++) {
      told.add(in.text(i));
    }
    return unknown(in, String.join(" ", told));
  }

  private static BitSet trimmed(StreamCommand in) throws FaultException {
    if (in.count() < 5 || !in.is(1, "RANGES")) {
      throw unknown(in);
    }
    return pairs(in, 3);
  }

  private static BitSet established(StreamCommand in) throws FaultException {
    int at = 3;
    while (at < in.count() && !in.is(at, "SLOTSRANGE")) {
      at++;
    }
    return pairs(in, at + 1);
  }

  /** First and last slot of each range, from an argument up to the last one. */
  private static BitSet pairs(StreamCommand in, int from) throws FaultException {
    List<String> ranges = new ArrayList<>();
    for (int i = from; i + 1 < in.count(); i += 2) {
      ranges.add(in.text(i) + "-" + in.text(i + 1));
    }
    return ranges(in, String.join(",", ranges));
  }

  private static BitSet ofTask(StreamCommand in) throws FaultException {
    String[] fields = in.text(4).split(":", -1);
    if (fields.length < TASK_FIELDS) {
      throw unknown(in);
    }
    if (GIVEN_UP.contains(fields[4])) {
      return new BitSet();
    }
    return ranges(in, fields[5].replace(' ', ','));
  }

  private static BitSet ranges(StreamCommand in, String text) throws FaultException {
    try {
      return SlotRanges.parse(text).toBits();
    } catch (IllegalArgumentException e) {
      throw unknown(in);
    }
  }
}
