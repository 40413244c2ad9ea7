package io.cachesync.agent.sync;

import io.cachesync.contract.Ledger;

/**
 * What became of the commands of the stream. What is under way counts only once the target has
 * acknowledged it, in the checkpoint that tells of it. Written by the applying thread, read by any.
 */
final class Tally {
  /** Commands of one transaction. */
  static final class Counts {
    /**
     * Counted where the commands are cut from the stream, all others where they are disposed of.
     */
    long read;

    long applied;
    long filtered;
    long folded;
    long healed;
    long deadLetters;

    void clear() {
      read = 0;
      applied = 0;
      filtered = 0;
      folded = 0;
      healed = 0;
      deadLetters = 0;
    }

    void add(Counts more) {
      read += more.read;
      applied += more.applied;
      filtered += more.filtered;
      folded += more.folded;
      healed += more.healed;
      deadLetters += more.deadLetters;
    }
  }

  /** What the last acknowledged checkpoint tells. */
  private Ledger settled = Ledger.EMPTY;

  /** What had been read where the present attachment to the source began to count. */
  private long readBefore;

  /** Commands read that no receiver of this process has counted: out of a former relay log. */
  private long replayed;

  private long replayedOffset = -1;

  /** The lane stands at a checkpoint that tells this. */
  synchronized void at(Ledger checkpoint) {
    settled = checkpoint;
  }

  /**
   * A new attachment to the source counts from where the checkpoint stands that tells this.
   *
   * @param offset of the checkpoint; -1 before the first
   */
  synchronized void attached(Ledger checkpoint, long offset) {
    settled = checkpoint;
    readBefore = checkpoint.read();
    replayed = 0;
    replayedOffset = offset;
  }

  /** What the checkpoint tells, which balances by itself. */
  synchronized Ledger settled() {
    return settled;
  }

  /** What the checkpoint is to tell once these are applied. */
  synchronized Ledger with(Counts counts) {
    return new Ledger(
        settled.read() + counts.read,
        settled.applied() + counts.applied,
        settled.skippedOnResume(),
        settled.filtered() + counts.filtered,
        settled.folded() + counts.folded,
        settled.healed() + counts.healed,
        settled.deadLetters() + counts.deadLetters,
        0);
  }

  /** A command that ends at this offset; one that is read again counts once. */
  synchronized void replayed(long endOffset) {
    if (endOffset > replayedOffset) {
      replayedOffset = endOffset;
      replayed++;
    }
  }

  /**
   * @param received commands that the source's parser has counted
   */
  synchronized Ledger ledger(long received) {
    long read = readBefore + received + replayed;
    long disposed =
        settled.applied()
            + settled.skippedOnResume()
            + settled.filtered()
            + settled.folded()
            + settled.healed()
            + settled.deadLetters();
    return new Ledger(
        read,
        settled.applied(),
        settled.skippedOnResume(),
        settled.filtered(),
        settled.folded(),
        settled.healed(),
        settled.deadLetters(),
        Math.max(0, read - disposed));
  }
}
