package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Which links of a job have left something at a target: those whose hash of a node is there. */
public final class JobLinks {
  /** More masters than a Redis Cluster is recommended to have. */
  public static final int MOST = 1024;

  private static final int ARBITER = 0;

  private JobLinks() {}

  /** Their numbers, ascending, in the database that is selected. */
  public static List<Integer> at(RedisConnection connection, OwnKeys job) throws RedisException {
    return present(connection, job, OwnKeys::node);
  }

  /** Their numbers, ascending. */
  public static List<Integer> at(ClusterConnections cluster, OwnKeys job) throws RedisException {
    return present(cluster.of(ARBITER), job, keys -> keys.node(ARBITER));
  }

  /** What their hashes say, by their numbers, in the database that is selected. */
  static SortedMap<Integer, NodeState> nodes(RedisConnection connection, OwnKeys job)
      throws RedisException {
    SortedMap<Integer, NodeState> nodes = new TreeMap<>();
    for (int link : at(connection, job)) {
      nodes.put(link, node(connection, job.ofLink(link).node()));
    }
    return nodes;
  }

  /** What their hashes say, by their numbers. */
  static SortedMap<Integer, NodeState> nodes(ClusterConnections cluster, OwnKeys job)
      throws RedisException {
    SortedMap<Integer, NodeState> nodes = new TreeMap<>();
    for (int link : at(cluster, job)) {
      nodes.put(link, node(cluster.of(ARBITER), job.ofLink(link).node(ARBITER)));
    }
    return nodes;
  }

  /** Those of a job's links that some process has connections for at this server. */
  public static Set<Integer> connected(
      RedisConnection connection, OwnKeys job, Collection<Integer> links) throws RedisException {
    Set<Integer> connected = new HashSet<>();
    for (int link : links) {
      if (Fence.lists(connection, job.ofLink(link).connectionPrefix())) {
        connected.add(link);
      }
    }
    return connected;
  }

  /** The replication id that a checkpoint tells; empty where there is none of ours. */
  static Optional<String> history(RespValue checkpoint) {
    try {
      return checkpoint.isNull() || checkpoint.text().isEmpty()
          ? Optional.empty()
          : Optional.of(Checkpoint.parse(checkpoint.text()).replId());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static NodeState node(RedisConnection connection, String key) throws RedisException {
    try {
      return NodeState.of(connection.call("HGETALL", key));
    } catch (IllegalArgumentException e) {
      throw HeldEpoch.mismatch(connection, "the key " + key + " is unreadable: " + e.getMessage());
    }
  }

  private static List<Integer> present(
      RedisConnection connection, OwnKeys job, Function<OwnKeys, String> node)
      throws RedisException {
    for (int link = 0; link < MOST; link++) {
      connection.out().command("EXISTS", node.apply(job.ofLink(link)));
    }
    connection.flush();
    List<Integer> present = new ArrayList<>();
    for (int link = 0; link < MOST; link++) {
      if (connection.successOf(connection.read()).text().equals("1")) {
        present.add(link);
      }
    }
    return present;
  }
}
