package io.cachesync.agent.redis;

import io.cachesync.contract.LimitSpec;
import java.util.function.LongSupplier;

/**
 * Two buckets, bytes and commands, that fill by time and hold at most a tenth of a second. Taking
 * may leave a debt, which is waited for afterwards: so a piece may be larger than the bucket.
 * Thread-safe.
 */
public final class RateLimiter {
  private static final double BURST_SECONDS = 0.1;

  private LimitSpec limits;
  private double bytes;
  private double commands;
  private final LongSupplier nanos;
  private long filledNanos;

  /**
   * @param nanos a clock that never goes back, as {@link System#nanoTime}
   */
  public RateLimiter(LimitSpec limits, LongSupplier nanos) {
    this.limits = limits;
    this.nanos = nanos;
    this.filledNanos = nanos.getAsLong();
  }

  public synchronized void limits(LimitSpec newLimits) {
    fill();
    limits = newLimits;
    if (limits.bytesPerSecond() == 0) {
      bytes = 0;
    }
    if (limits.commandsPerSecond() == 0) {
      commands = 0;
    }
  }

  public synchronized void take(long moreBytes, long moreCommands) {
    fill();
    if (limits.bytesPerSecond() > 0) {
      bytes -= moreBytes;
    }
    if (limits.commandsPerSecond() > 0) {
      commands -= moreCommands;
    }
  }

  /** Milliseconds until no debt is left, 0 for none. */
  public synchronized long waitMillis() {
    fill();
    double seconds = 0;
    if (bytes < 0) {
      seconds = -bytes / limits.bytesPerSecond();
    }
    if (commands < 0) {
      seconds = Math.max(seconds, -commands / limits.commandsPerSecond());
    }
    return (long) Math.ceil(seconds * 1000);
  }

  private void fill() {
    long now = nanos.getAsLong();
    double seconds = (now - filledNanos) / 1e9;
    filledNanos = now;
    bytes =
        Math.min(
            bytes + seconds * limits.bytesPerSecond(), limits.bytesPerSecond() * BURST_SECONDS);
    commands =
        Math.min(
            commands + seconds * limits.commandsPerSecond(),
            limits.commandsPerSecond() * BURST_SECONDS);
  }
}
