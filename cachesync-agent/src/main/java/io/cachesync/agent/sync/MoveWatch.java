package io.cachesync.agent.sync;

import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.SlotMigrations;
import io.cachesync.agent.redis.SlotRanges;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Tells when slots that were found to move at the source have moved. For one thread. */
final class MoveWatch {
  private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final RedisClient source;
  private final SlotMoves moves;
  private final long quietNanos;
  private List<String> seen = List.of();
  private boolean over;
  private Set<String> layout = Set.of();
  private long seenNanos;
  private long askedNanos = System.nanoTime() - ASK_NANOS;

  /**
   * @param quietMillis after so long without one more they have moved
   */
  MoveWatch(RedisClient source, SlotMoves moves, long quietMillis) {
    this.source = source;
    this.moves = moves;
    this.quietNanos = TimeUnit.MILLISECONDS.toNanos(quietMillis);
  }

  /** Whether slots were found to move, and none has for a while. */
  boolean isOver() {
    long now = System.nanoTime();
    if (!moves.isAny()) {
      return false;
    }
    if (now - askedNanos >= ASK_NANOS) {
      askedNanos = now;
      List<String> shards = shards();
      if (shards.isEmpty() || !shards.equals(seen)) {
        seen = shards;
        seenNanos = now;
      }
      over = !seen.isEmpty() && now - seenNanos >= quietNanos;
    }
    return over;
  }

  /** Which slots the masters have, as they told when it was over. */
  Set<String> layout() {
    return layout;
  }

  /** What would be seen otherwise where more slots moved; empty where it cannot be told now. */
  private List<String> shards() {
    try (ClusterConnections cluster = ClusterConnections.open(source, List.of())) {
      for (RedisConnection master : cluster.masters()) {
        if (!SlotMigrations.underWay(master).isEmpty()) {
          return List.of();
        }
      }
      List<String> slots =
          cluster.map().masters().stream()
              .map(node -> SlotRanges.of(node.slots()).toString())
              .toList();
      layout = Set.copyOf(slots);
      return List.of(moves.count() + " " + slots);
    } catch (RedisException e) {
      // Masters disagree or slots are open: it goes on.
      return List.of();
    }
  }
}
