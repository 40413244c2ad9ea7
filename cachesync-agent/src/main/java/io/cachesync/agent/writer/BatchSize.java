package io.cachesync.agent.writer;

/**
 * How large a transaction may become: as much as the target can take in one round trip, but no more
 * than it executes in 20 ms, for others wait meanwhile.
 */
final class BatchSize {
  private static final int MIN_COMMANDS = 500;
  private static final int MIN_BYTES = 256 * 1024;
  private static final int MAX_FACTOR = 16;
  private static final long TARGET_NANOS = 20_000_000;

  private int factor = 1;

  boolean isFull(Batch batch) {
    return batch.count() >= MIN_COMMANDS * factor || batch.bytes() >= MIN_BYTES * factor;
  }

  void acknowledged(Batch batch, long roundTripNanos) {
    if (roundTripNanos > 2 * TARGET_NANOS) {
      factor = Math.max(1, factor / 2);
    } else if (roundTripNanos < TARGET_NANOS / 2 && isFull(batch)) {
      factor = Math.min(MAX_FACTOR, factor * 2);
    }
  }
}
