package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The one key that says which task a cluster belongs to. */
final class ClusterClaim {
  private final OwnKeys keys;
  private final Claim claim;
  private final String key;
  private final int slot;

  ClusterClaim(OwnKeys keys, Claim claim) {
    this.keys = keys;
    this.claim = claim;
    this.key = keys.clusterClaim();
    this.slot = slot(keys);
  }

  Claim claim() {
    return claim;
  }

  /** The task's claim of the cluster, or empty. */
  static Optional<Claim> find(ClusterConnections cluster, OwnKeys keys) throws RedisException {
    RespValue text = cluster.of(slot(keys)).call("GET", keys.clusterClaim());
    return text.isNull()
        ? Optional.empty()
        : Optional.of(parse(text.text(), keys)).filter(found -> found.task().equals(keys.task()));
  }

  /**
   * Makes the claim ours.
   *
   * @param acceptNotEmpty whether a cluster with foreign keys may be claimed
   * @return whether the cluster was empty when it became so
   */
  boolean make(ClusterConnections cluster, boolean acceptNotEmpty) throws RedisException {
    RedisConnection at = cluster.of(slot);
    RespValue standing = at.call("GET", key);
    if (standing.isNull()) {
      boolean empty = isEmpty(cluster, 0, acceptNotEmpty);
      if (!at.call("SET", key, claim.owned(empty).text(), "NX").isNull()) {
        correct(cluster, empty, acceptNotEmpty);
      }
      standing = at.call("GET", key);
    }
    Claim found = parse(standing.isNull() ? "" : standing.text(), keys);
    if (found.task().equals(claim.task()) && !found.isSame(claim)) {
      throw fatal(
          FaultCode.TASK_CHANGED,
          "the task '%s' was begun with databases %s of the source and now has %s"
              .formatted(claim.task(), found.databasesText(), claim.databasesText()));
    }
    if (!found.isSame(claim)) {
      throw fatal(
          FaultCode.TARGET_TASK_CONFLICT,
          "the task '%s' already moves into %s".formatted(found.task(), cluster));
    }
    return found.owned();
  }

  /**
   * Counts once more what there is beside the claim.
   *
   * @throws RedisException TARGET_NOT_EMPTY where there is something
   */
  void refuseForeignKeys(ClusterConnections cluster) throws RedisException {
    isEmpty(cluster, 1, false);
  }

  /** What was written between the count and the claim was there before us. */
  private void correct(ClusterConnections cluster, boolean empty, boolean acceptNotEmpty)
      throws RedisException {
    RedisConnection at = cluster.of(slot);
    boolean still;
    try {
      still = isEmpty(cluster, 1, acceptNotEmpty);
    } catch (RedisException e) {
      if (e.fault().code() == FaultCode.TARGET_NOT_EMPTY) {
        at.call("DEL", key);
      }
      throw e;
    }
    if (empty && !still) {
      at.call("SET", key, claim.owned(false).text());
    }
  }

  private static boolean isEmpty(ClusterConnections cluster, long ours, boolean acceptNotEmpty)
      throws RedisException {
    long others = -ours;
    for (RedisConnection master : cluster.masters()) {
      others += Long.parseLong(master.call("DBSIZE").text());
    }
    if (others > 0 && !acceptNotEmpty) {
      throw fatal(
          FaultCode.TARGET_NOT_EMPTY, "the target is not empty: it holds " + others + " keys");
    }
    return others <= 0;
  }

  /** Writes it again. */
  void restore(ClusterConnections cluster, boolean owned) throws RedisException {
    cluster.of(slot).call(command(owned));
  }

  /** The command that writes it, for the transaction that empties the master of slot 0. */
  String[] command(boolean owned) {
    return new String[] {"SET", key, claim.owned(owned).text()};
  }

  /**
   * Removes it.
   *
   * @return number of keys that were there
   */
  int remove(ClusterConnections cluster) throws RedisException {
    return Integer.parseInt(cluster.of(slot).call("DEL", key).text());
  }

  private static int slot(OwnKeys keys) {
    return HashSlot.of(keys.clusterClaim().getBytes(StandardCharsets.UTF_8));
  }

  private static Claim parse(String text, OwnKeys keys) throws RedisException {
    try {
      return Claim.parse(text);
    } catch (IllegalArgumentException e) {
      throw fatal(
          FaultCode.CHECKPOINT_MISMATCH,
          "the key " + keys.clusterClaim() + " is " + e.getMessage());
    }
  }

  private static RedisException fatal(FaultCode code, String message) {
    return new RedisException(Fault.fatal(code, message));
  }
}
