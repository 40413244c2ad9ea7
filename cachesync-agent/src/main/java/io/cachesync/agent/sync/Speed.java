package io.cachesync.agent.sync;

import java.util.ArrayDeque;

/** Bytes and commands per second over the last few seconds. Thread-safe. */
final class Speed {
  private static final long WINDOW_MILLIS = 5_000;
  private static final long STEP_MILLIS = 250;

  private final ArrayDeque<Sample> samples = new ArrayDeque<>();
  private long bytes;
  private long commands;

  synchronized void add(long moreBytes, long moreCommands) {
    bytes += moreBytes;
    commands += moreCommands;
  }

  /** Takes a sample; what is asked afterwards is relative to the oldest that is kept. */
  synchronized void sample(long nowMillis) {
    if (samples.isEmpty() || nowMillis - samples.peekLast().millis >= STEP_MILLIS) {
      samples.addLast(new Sample(nowMillis, bytes, commands));
    }
    while (samples.size() > 2 && nowMillis - samples.peekFirst().millis > WINDOW_MILLIS) {
      samples.removeFirst();
    }
  }

  synchronized long bytesPerSecond() {
    return samples.isEmpty() ? 0 : rate(samples.peekLast().bytes - samples.peekFirst().bytes);
  }

  synchronized long commandsPerSecond() {
    return samples.isEmpty() ? 0 : rate(samples.peekLast().commands - samples.peekFirst().commands);
  }

  private long rate(long difference) {
    long millis = samples.peekLast().millis - samples.peekFirst().millis;
    return millis <= 0 ? 0 : difference * 1000 / millis;
  }

  private record Sample(long millis, long bytes, long commands) {}
}
