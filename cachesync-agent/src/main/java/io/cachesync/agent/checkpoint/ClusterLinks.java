package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the links of a job have at a cluster, asked without taking any of it. */
public final class ClusterLinks {
  private static final int ARBITER = 0;

  private ClusterLinks() {}

  /** The claim of a task at a cluster, or empty. */
  public static Optional<Claim> find(RedisClient client, OwnKeys keys) throws RedisException {
    try (ClusterConnections cluster = ClusterConnections.open(client, List.of())) {
      return ClusterClaim.find(cluster, keys);
    }
  }

  /** As {@link TargetCheckpointStore#links}. */
  public static SortedMap<Integer, NodeState> links(RedisClient client, OwnKeys job)
      throws RedisException {
    try (ClusterConnections cluster = ClusterConnections.open(client, List.of())) {
      return ClusterClaim.find(cluster, job).isEmpty()
          ? new TreeMap<>()
          : JobLinks.nodes(cluster, job);
    }
  }

  /** The histories of a job's links at their checkpoints, by their numbers. */
  public static SortedMap<Integer, String> histories(RedisClient client, OwnKeys job)
      throws RedisException {
    SortedMap<Integer, String> histories = new TreeMap<>();
    try (ClusterConnections cluster = ClusterConnections.open(client, List.of())) {
      for (int link : JobLinks.at(cluster, job)) {
        String field = NodeHash.watermarkField(link);
        String key = job.ofLink(link).node(ARBITER);
        JobLinks.history(cluster.of(ARBITER).call("HGET", key, field))
            .ifPresent(replId -> histories.put(link, replId));
      }
    }
    return histories;
  }
}
