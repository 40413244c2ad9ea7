package io.cachesync.agent.sync;

import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.ClusterNode;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Tells when slots that were found to move at the source have moved. For one thread. */
final class MoveWatch {
  private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Who moves many slots opens the next one soon. */
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final RedisClient source;
  private final SlotMoves moves;
  private List<String> seen = List.of();
  private long seenNanos;
  private long askedNanos = System.nanoTime() - ASK_NANOS;

  MoveWatch(RedisClient source, SlotMoves moves) {
    this.source = source;
    this.moves = moves;
  }

  /** Whether slots were found to move, and none has for a while. */
  boolean isOver() {
    long now = System.nanoTime();
    if (!moves.isAny() || now - askedNanos < ASK_NANOS) {
      return false;
    }
    askedNanos = now;
    List<String> shards = shards();
    if (shards.isEmpty() || !shards.equals(seen)) {
      seen = shards;
      seenNanos = now;
    }
    return !seen.isEmpty() && now - seenNanos >= QUIET_NANOS;
  }

  /** What would be seen otherwise where more slots moved; empty where it cannot be told now. */
  private List<String> shards() {
    try (ClusterConnections cluster = ClusterConnections.open(source, List.of())) {
      return List.of(
          moves.count() + " " + cluster.map().masters().stream().map(ClusterNode::slots).toList());
    } catch (RedisException e) {
      // Masters disagree or slots are open: it goes on.
      return List.of();
    }
  }
}
