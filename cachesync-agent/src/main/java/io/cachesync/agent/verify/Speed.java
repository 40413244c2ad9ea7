package io.cachesync.agent.verify;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** How fast two counters have grown in the last seconds. Thread-safe. */
final class Speed {
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(5);

  /**
   * Those that are asked for sooner are not kept: the window begins with one that is old enough.
   */
  private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Deque<Sample> samples = new ArrayDeque<>();

  private record Sample(long nanos, long commands, long bytes) {}

  /** Where both counters stand before they are counted on. */
  synchronized void begin(long nanos, long commands, long bytes) {
    samples.clear();
    samples.add(new Sample(nanos, commands, bytes));
  }

  /**
   * Where both counters stand now.
   *
   * @return by how much they grow in a second: commands, bytes
   */
  synchronized long[] at(long nanos, long commands, long bytes) {
    Sample now = new Sample(nanos, commands, bytes);
    if (samples.isEmpty()) {
      samples.add(now);
    }
    while (samples.size() > 1 && nanos - second().nanos() >= WINDOW_NANOS) {
      samples.removeFirst();
    }
    Sample first = samples.getFirst();
    if (nanos - samples.getLast().nanos() >= APART_NANOS) {
      samples.add(now);
    }
    double seconds = Math.max(APART_NANOS, nanos - first.nanos()) / 1e9;
    return new long[] {
      Math.round((commands - first.commands()) / seconds),
      Math.round((bytes - first.bytes()) / seconds)
    };
  }

  private Sample second() {
    Sample first = samples.removeFirst();
    Sample second = samples.getFirst();
    samples.addFirst(first);
    return second;
  }
}
