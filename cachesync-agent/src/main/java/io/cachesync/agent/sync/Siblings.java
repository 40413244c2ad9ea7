package io.cachesync.agent.sync;

import io.cachesync.agent.redis.RedisException;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the links of one job have in common while they run, as the links of one of its sources see
 * it. Thread-safe.
 */
final class Siblings {
  private static final long POLL_MILLIS = 20;

  private final All all;
  private final SlotMoves moves;

  /** What is the same for links of every source. */
  private static final class All {
    private final int links;
    private final LinksElsewhere elsewhere;
    private final List<SlotMoves> moves;
    private final BitSet drained = new BitSet();
    private final BitSet removed = new BitSet();
    private final ReentrantLock claim = new ReentrantLock();
    private final FullSyncTurns turns;

    // Guarded by this.
    private boolean begun;
    private boolean left;

    All(List<SlotMoves> moves, LinksElsewhere elsewhere, FullSyncTurns turns) {
      this.moves = moves;
      this.turns = turns;
      this.elsewhere = elsewhere;
      this.links = moves.stream().mapToInt(SlotMoves::links).sum();
    }
  }

  /** Of one source. */
  Siblings(int links) {
    this(new All(List.of(new SlotMoves(links)), LinksElsewhere.NONE, new FullSyncTurns(links)), 0);
  }

  private Siblings(All all, int source) {
    this.all = all;
    this.moves = all.moves.get(source);
  }

  /**
   * Of all sources of a job.
   *
   * @param moves of the slots of each
   * @param elsewhere links of the same task that other processes run
   * @param parallelFullSyncs how many links may be in their full sync at once
   */
  static Siblings of(List<SlotMoves> moves, LinksElsewhere elsewhere, int parallelFullSyncs) {
    return new Siblings(
        new All(List.copyOf(moves), elsewhere, new FullSyncTurns(parallelFullSyncs)), 0);
  }

  /** The same, as the links of another source see it. */
  Siblings ofSource(int source) {
    return new Siblings(all, source);
  }

  /**
   * Held while the task's claim is made or may be removed: what one link finds at the target must
   * not be what another has just begun to write.
   */
  ReentrantLock claim() {
    return all.claim;
  }

  /** Which links may be in their full sync. */
  FullSyncTurns turns() {
    return all.turns;
  }

  /** Slots that move between the links of this source. */
  SlotMoves moves() {
    return moves;
  }

  /** Links of the same task that other processes run. */
  LinksElsewhere elsewhere() {
    return all.elsewhere;
  }

  /**
   * Waits until every link, of whichever source and in whichever process, has taken its target.
   *
   * @param share of the link that waits
   */
  void awaitAllTaken(SlotShare share, Control control)
      throws RedisException, Stopped, InterruptedException {
    while (!all.moves.stream().allMatch(SlotMoves::haveAllTaken)) {
      control.pause(POLL_MILLIS);
    }
    all.elsewhere.awaitAllTaken(share, control);
  }

  /**
   * A link is about to write what it copies. That each link of the job has taken the target stands
   * there by then, and stays: one of which nothing stands there has been finished.
   *
   * @return false where another has taken its traces away instead; then all are about to end
   */
  boolean begin() {
    synchronized (all) {
      all.begun |= !all.left;
      return all.begun;
    }
  }

  /**
   * A link that has copied nothing ends and wants to take its traces away.
   *
   * @return false where another has begun; from true on none begins
   */
  boolean leave() {
    synchronized (all) {
      all.left |= !all.begun;
      return all.left;
    }
  }

  /** A link has applied everything and will apply nothing more. */
  void drained(int link) {
    synchronized (all) {
      all.drained.set(link);
    }
  }

  /** Whether a link reads nothing more, but for a start anew. */
  boolean isDrained(int link) {
    synchronized (all) {
      return all.drained.get(link);
    }
  }

  /** Our keys of a link are gone from the target. */
  void removed(int link) {
    synchronized (all) {
      all.removed.set(link);
    }
  }

  /** Whether one of these links has removed its keys: the target was set back to before that. */
  boolean isBack(Collection<Integer> links) {
    synchronized (all) {
      return links.stream().anyMatch(all.removed::get);
    }
  }

  /** Whether all have: only then may our keys be removed. */
  boolean allDrained() {
    synchronized (all) {
      return all.drained.cardinality() == all.links;
    }
  }
}
