package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the watermarks of all masters say together. Offsets of two histories are of one line up to
 * where the former one was lost. None goes beyond that before all have left the former history, so
 * one that tells of it from behind there, beside one that has gone beyond, was set back.
 *
 * @param lowest or null where there is none
 * @param lost replication ids of the source, each with the offset up to which it counts
 * @param mixed whether one of them still tells of what was lost
 */
record Watermarks(Checkpoint lowest, Map<String, Long> lost, boolean mixed) {
  /**
   * @param generation of the full sync that counts
   * @throws RedisException CHECKPOINT_MISMATCH where a master was set back to before it was
   *     followed into a new history, and others have gone on in that: what it has of the lost part
   *     went without a checkpoint perhaps
   */
  static Watermarks of(Collection<NodeHash> hashes, long generation) throws RedisException {
    Map<String, Long> lost = new TreeMap<>();
    List<Checkpoint> all = new ArrayList<>();
    for (NodeHash hash : hashes) {
      if (hash.state().generation() == generation) {
        hash.lost().forEach((replId, upTo) -> lost.merge(replId, upTo, Math::min));
      }
      if (hash.watermark() != null && hash.watermark().generation() == generation) {
        all.add(hash.watermark());
      }
    }
    Checkpoint lowest = null;
    boolean mixed = false;
    for (Checkpoint each : all) {
      lowest = lowest == null || isLower(each, lowest) ? each : lowest;
      Long upTo = lost.get(each.replId());
      if (upTo != null) {
        mixed |= each.offset() > upTo;
        refuseBeyond(all, lost, each, upTo);
      }
    }
    return new Watermarks(lowest, lost, mixed);
  }

  /** Of two at one offset the one that tells of a doubt: the other's master knows it healed. */
  private static boolean isLower(Checkpoint one, Checkpoint other) {
    return one.offset() < other.offset()
        || (one.offset() == other.offset() && one.start() < other.start());
  }

  private static void refuseBeyond(
      List<Checkpoint> all, Map<String, Long> lost, Checkpoint former, long upTo)
      throws RedisException {
    for (Checkpoint other : all) {
      if (!lost.containsKey(other.replId()) && other.offset() > upTo) {
        throw new RedisException(
            Fault.fatal(
                FaultCode.CHECKPOINT_MISMATCH,
                ("a master stands at offset %d of the history %s, which the source has lost behind"
                        + " %d, and another at %d of the one after it: it was set back")
                    .formatted(former.offset(), former.replId(), upTo, other.offset())));
      }
    }
  }
}
