package io.cachesync.agent.sync;

import io.cachesync.contract.Ledger;

/**
 * What became of the commands of the stream. What is under way counts only once the target has
 * acknowledged it. Written by the applying thread, read by any.
 */
final class Tally {
  /** Commands of one transaction. */
  static final class Counts {
    long applied;
    long filtered;
    long folded;

    long total() {
      return applied + filtered + folded;
    }

    void clear() {
      applied = 0;
      filtered = 0;
      folded = 0;
    }
  }

  private long applied;
  private long filtered;
  private long folded;

  /** Commands read that no receiver of this process has counted: out of a former relay log. */
  private long replayed;

  private long replayedOffset = -1;

  synchronized void add(Counts counts) {
    applied += counts.applied;
    filtered += counts.filtered;
    folded += counts.folded;
  }

  /** A command that ends at this offset; one that is read again counts once. */
  synchronized void replayed(long endOffset) {
    if (endOffset > replayedOffset) {
      replayedOffset = endOffset;
      replayed++;
    }
  }

  synchronized void reset() {
    applied = 0;
    filtered = 0;
    folded = 0;
    replayed = 0;
    replayedOffset = -1;
  }

  /**
   * @param received commands that the source's parser has counted
   */
  synchronized Ledger ledger(long received) {
    long read = received + replayed;
    long waiting = Math.max(0, read - applied - filtered - folded);
    return new Ledger(read, applied, 0, filtered, folded, 0, 0, waiting);
  }
}
