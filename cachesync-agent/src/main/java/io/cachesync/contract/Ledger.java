package io.cachesync.contract;

/**
 * What became of every command of the replication stream that was read. Each command has exactly
 * one disposition; {@code read} counts at the stream's parser, the others where they happen.
 *
 * @param read commands that the stream's parser saw
 * @param applied commands whose reply from the target was read and clean
 * @param skippedOnResume commands at or below the checkpoint
 * @param filtered commands that the task does not move (databases, PUBLISH)
 * @param folded PING, SELECT, MULTI, EXEC, REPLCONF and other commands without effect of their own
 * @param healed commands replaced by a refetch of their keys
 * @param deadLetters commands that could not be applied nor healed
 * @param waiting commands read, not yet disposed of
 */
public record Ledger(
    long read,
    long applied,
    long skippedOnResume,
    long filtered,
    long folded,
    long healed,
    long deadLetters,
    long waiting) {

  public static final Ledger EMPTY = new Ledger(0, 0, 0, 0, 0, 0, 0, 0);

  public boolean balanced() {
    return read == applied + skippedOnResume + filtered + folded + healed + deadLetters + waiting;
  }
}
