package io.cachesync.agent.sync;

import java.util.ArrayDeque;

/**
 * How old the commands behind an offset may be, from samples of where the source stood: it had that
 * offset at the sample's moment or later, so whatever lies behind it was executed after that
 * moment. Thread-safe.
 */
final class BatchAge {
  /** Not known: as old as can be. */
  static final long UNKNOWN = Long.MAX_VALUE;

  private static final int MAX_SAMPLES = 50_000;

  /** Newest last, offsets growing, each with the newest moment at which the source had it. */
  private final ArrayDeque<Sample> samples = new ArrayDeque<>();

  private String replId = "";

  synchronized void sampled(long millis, String newReplId, long offset) {
    if (!newReplId.equals(replId)) {
      samples.clear();
      replId = newReplId;
    }
    Sample last = samples.peekLast();
    if (last != null && last.offset >= offset) {
      if (last.offset == offset) {
        last.millis = millis;
      }
      return;
    }
    if (samples.size() == MAX_SAMPLES) {
      thin();
    }
    samples.addLast(new Sample(millis, offset));
  }

  /**
   * The most that commands behind this offset can be old. Ask for growing offsets: what lies before
   * the newest sample at or below it is forgotten.
   */
  synchronized long atMost(long offset, long nowMillis) {
    Sample before = null;
    while (!samples.isEmpty() && samples.peekFirst().offset <= offset) {
      before = samples.removeFirst();
    }
    if (before == null) {
      return UNKNOWN;
    }
    samples.addFirst(before);
    return Math.max(0, nowMillis - before.millis);
  }

  /** Without every second sample ages come out greater, never smaller. */
  private void thin() {
    ArrayDeque<Sample> kept = new ArrayDeque<>();
    boolean keep = true;
    for (Sample sample : samples) {
      if (keep) {
        kept.addLast(sample);
      }
      keep = !keep;
    }
    samples.clear();
    samples.addAll(kept);
  }

  private static final class Sample {
    final long offset;
    long millis;

    Sample(long millis, long offset) {
      this.millis = millis;
      this.offset = offset;
    }
  }
}
