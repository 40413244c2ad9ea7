package io.cachesync.agent.writer;

/**
 * How large a transaction may become: as much as the target can take in one round trip, but no more
 * than it works at for 20 ms, for others wait meanwhile. Where the way to it is longer than that,
 * as much as it works at for as long as a command is under way: only one transaction is, and
 * smaller ones would leave the line empty.
 */
final class BatchSize {
  private static final int MIN_COMMANDS = 500;
  private static final int MIN_BYTES = 256 * 1024;
  private static final int MAX_FACTOR = 32;

  /** On a long line; in bytes none becomes larger, as two of them are held. */
  private static final int MAX_FACTOR_FAR = 64;

  private static final long TARGET_NANOS = 20_000_000;

  /** Round trips that what goes without a checkpoint may take, for two are waited for at it. */
  private static final int LINES_TO_CHECKPOINT = 20;

  private static final long CHECKPOINT_NANOS = 250_000_000;

  private int factor = 1;
  private long lineNanos;

  /**
   * @param nanos from a command that costs nothing to its reply
   */
  void line(long nanos) {
    lineNanos = nanos;
  }

  boolean isFull(Batch batch) {
    return isFull(batch.commands(), batch.bytes());
  }

  boolean isFull(int commands, int bytes) {
    return commands >= MIN_COMMANDS * factor || bytes >= MIN_BYTES * Math.min(factor, MAX_FACTOR);
  }

  void acknowledged(Batch batch, long roundTripNanos) {
    acknowledged(isFull(batch), roundTripNanos);
  }

  void acknowledged(boolean full, long roundTripNanos) {
    long worked = roundTripNanos - lineNanos;
    long wanted = Math.max(TARGET_NANOS, lineNanos);
    if (worked > 2 * wanted) {
      factor = Math.max(1, factor / 2);
    } else if (worked < wanted / 2 && full) {
      factor = Math.min(lineNanos > TARGET_NANOS ? MAX_FACTOR_FAR : MAX_FACTOR, factor * 2);
    }
  }

  /** For how long commands may go without a checkpoint. */
  long checkpointNanos() {
    return Math.max(CHECKPOINT_NANOS, LINES_TO_CHECKPOINT * lineNanos);
  }
}
