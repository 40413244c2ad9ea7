package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import java.util.List;

/**
 * Removes everything of a link from a cluster, and with the last link the claim. The hash that
 * decides tells first that there is nothing to go on from, and goes when all else has gone: a
 * removal that was cut is found and begun again.
 */
final class ClusterRemoval {
  private static final int ARBITER = 0;

  private final OwnKeys keys;
  private final ClusterClaim claim;
  private final HeldEpoch held;
  private final ClusterHashes hashes;
  private boolean begun;

  ClusterRemoval(OwnKeys keys, ClusterClaim claim, HeldEpoch held, ClusterHashes hashes) {
    this.keys = keys;
    this.claim = claim;
    this.held = held;
    this.hashes = hashes;
  }

  boolean isBegun() {
    return begun;
  }

  /** A removal of ours whose end was not seen has taken the epoch away. */
  boolean isDone(RedisConnection arbiter) throws RedisException {
    return begun && held.read(arbiter).epoch().number() == 0;
  }

  /**
   * @param node what the hash that decides told last
   * @return number of keys that were there
   */
  int run(ClusterConnections cluster, NodeState node) throws RedisException {
    RedisConnection arbiter = cluster.of(ARBITER);
    if (!isDone(arbiter)) {
      held.verify(arbiter);
      if (JobLinks.at(cluster, keys).equals(List.of(keys.link()))) {
        claim.restore(cluster, false);
      }
      arbiter.call(hashes.alone(node.leaving()));
    }
    begun = true;
    int removed = hashes.removeLanes(cluster, List.of(ARBITER));
    String skip = keys.skip(ARBITER);
    removed += Integer.parseInt(arbiter.call("DEL", skip, keys.node(ARBITER)).text());
    // The task's claim goes with the last of its links.
    return JobLinks.at(cluster, keys).isEmpty() ? removed + claim.remove(cluster) : removed;
  }
}
