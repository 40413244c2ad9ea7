package io.cachesync.agent.sync;

import java.util.BitSet;
import java.util.concurrent.locks.ReentrantLock;

/** What the links of one job have in common while they run. Thread-safe. */
final class Siblings {
  private final int links;
  private final BitSet drained = new BitSet();
  private final ReentrantLock claim = new ReentrantLock();
  private final SlotMoves moves;

  // Guarded by this.
  private boolean begun;
  private boolean left;

  Siblings(int links) {
    this(links, new BitSet(), false);
  }

  /**
   * @param open slots of the source that are to be fetched again, whoever has them
   * @param drained as {@link SlotMoves#isDrained}
   */
  Siblings(int links, BitSet open, boolean drained) {
    this.links = links;
    this.moves = new SlotMoves(links, open, drained);
  }

  /**
   * Held while the task's claim is made or may be removed: what one link finds at the target must
   * not be what another has just begun to write.
   */
  ReentrantLock claim() {
    return claim;
  }

  /** Slots that move between them. */
  SlotMoves moves() {
    return moves;
  }

  /**
   * A link is about to write what it copies. That each link of the job has taken the target stands
   * there by then, and stays: one of which nothing stands there has been finished.
   *
   * @return false where another has taken its traces away instead; then all are about to end
   */
  synchronized boolean begin() {
    begun |= !left;
    return begun;
  }

  /**
   * A link that has copied nothing ends and wants to take its traces away.
   *
   * @return false where another has begun; from true on none begins
   */
  synchronized boolean leave() {
    left |= !begun;
    return left;
  }

  /** A link has applied everything and will apply nothing more. */
  synchronized void drained(int link) {
    drained.set(link);
  }

  /** Whether all have: only then may our keys be removed. */
  synchronized boolean allDrained() {
    return drained.cardinality() == links;
  }
}
