package io.cachesync.agent.precheck;

import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.SyncSpec;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What lies at the target: foreign keys by database, and the claims of tasks.
 *
 * @param foreign database to keys that are not ours, of the databases that are moved; without those
 *     that hold none
 * @param claims database to the claim in it, of all databases
 * @param owned whether an earlier start of this task found its databases empty
 */
record TargetKeys(
    SortedMap<Integer, Long> foreign,
    SortedMap<Integer, Claim> claims,
    String task,
    boolean owned) {

  static TargetKeys read(Ends ends) throws IOException {
    SyncSpec sync = ends.sync();
    OwnKeys keys = new OwnKeys(sync.keyPrefix(), sync.task(), sync.jobNumber(), 0);
    SortedMap<Integer, Long> foreign = new TreeMap<>();
    SortedMap<Integer, Long> own = ends.target().ownKeys(keys, ends.source().masters().size());
    Keyspace.of(ends.target().masters())
        .forEach(
            (database, keyspace) -> {
              long others = keyspace.keys() - own.getOrDefault(database, 0L);
              if (others > 0 && sync.filter().movesInto(database)) {
                foreign.put(database, others);
              }
            });
    SortedMap<Integer, Claim> claims = ends.target().claims(keys);
    boolean owned = false;
    for (Claim claim : claims.values()) {
      owned |= claim.task().equals(sync.task()) && ends.target().isOwned(keys, claim);
    }
    return new TargetKeys(foreign, claims, sync.task(), owned);
  }

  /**
   * A claim as it lies there.
   *
   * @throws RedisException CHECKPOINT_MISMATCH where it is none
   */
  static Claim claim(String text) throws RedisException {
    try {
      return Claim.parse(text);
    } catch (IllegalArgumentException e) {
      throw new RedisException(Fault.fatal(FaultCode.CHECKPOINT_MISMATCH, e.getMessage()), e);
    }
  }

  long foreignCount() {
    return foreign.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Whether an earlier start of this task has claimed databases here. */
  boolean claimedByThisTask() {
    return claims.values().stream().anyMatch(claim -> claim.task().equals(task));
  }
}
