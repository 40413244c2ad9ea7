package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.checkpoint.Writer;
import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether somebody else writes for a task at its target, asked before anything is taken from them.
 */
public final class OtherWriters {
  private static final long PATIENCE_NANOS = 2_000_000_000L;
  private static final long LOOK_MILLIS = 100;

  private OtherWriters() {}

  /**
   * The first connection that stays. One whose process has just ended is gone a moment later; one
   * of a host that is gone stays until the server finds out, which may take minutes.
   *
   * @param target passwords of the target
   * @param place what ends the names of those that are no others: see {@link LinkSpec}
   * @return a sentence of it; empty where there is none, and where the target cannot be asked,
   *     which the links themselves tell
   */
  public static Optional<String> find(SyncSpec spec, EndpointSecrets target, String place)
      throws InterruptedException {
    RedisClient client = new RedisClient(spec.target(), target);
    OwnKeys job = new OwnKeys(spec.keyPrefix(), spec.task(), spec.jobNumber(), 0);
    long until = System.nanoTime() + PATIENCE_NANOS;
    try {
      Optional<String> found = look(client, job, place);
      while (found.isPresent() && System.nanoTime() < until) {
        Thread.sleep(LOOK_MILLIS);
        found = look(client, job, place);
      }
      return found;
    } catch (RedisException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> look(RedisClient client, OwnKeys job, String place)
      throws RedisException {
    if (client.endpoint().topology() == Topology.CLUSTER) {
      try (ClusterConnections cluster = ClusterConnections.open(client, List.of())) {
        return look(cluster.masters(), job, place);
      }
    }
    try (RedisConnection connection = client.connect()) {
      return look(List.of(connection), job, place);
    }
  }

  private static Optional<String> look(List<RedisConnection> servers, OwnKeys job, String place)
      throws RedisException {
    List<String> others = new ArrayList<>();
    for (RedisConnection server : servers) {
      for (Writer writer : Writer.of(server, job)) {
        if (!writer.name().endsWith("-" + place)) {
          others.add(
              "A sync of the task '%s' runs elsewhere: %s has a connection of it from %s, %s, whose last command came %d s ago."
                  .formatted(
                      job.task(), server, writer.address(), writer.name(), writer.idleSeconds()));
        }
      }
    }
    return others.stream().findFirst();
  }
}
