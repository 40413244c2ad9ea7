package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.redis.RedisClient;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/** Tells when slots that were found to move at one source may be fetched. For one thread. */
final class MovedSource {
  private final MoveWatch watch;
  private final SlotMoves moves;
  private final List<Link> links;
  private final Clock clock;
  private Drain drain;

  /**
   * @param links of this source
   */
  MovedSource(
      RedisClient source, SlotMoves moves, List<Link> links, Clock clock, Exactness exactness) {
    this.watch = new MoveWatch(source, moves, exactness.movedAfterMillis());
    this.moves = moves;
    this.links = links;
    this.clock = clock;
  }

  /**
   * Whether they have moved, and where it matters all links have read what was told before. One
   * that waits for the others to end reads nothing more: then all begin again without.
   */
  boolean isOver() {
    if (!watch.isOver()) {
      drain = null;
      return false;
    }
    drain = drain == null ? new Drain(links, clock) : drain;
    return !moves.isForeign() || drain.isDone() || links.stream().anyMatch(Link::isThrough);
  }

  /** Whether all have read it. */
  boolean isRead() {
    return drain != null && drain.isDone();
  }

  /** Which slots the masters had then. */
  Set<String> layout() {
    return watch.layout();
  }
}
