package io.cachesync.agent.writer;

import io.cachesync.agent.redis.RedisException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Writes down at the target that a command was refused although its checkpoint was written. */
final class HoleRecord {
  private static final int ATTEMPTS = 30;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Connects again and writes it. */
  @FunctionalInterface
  interface Attempt {
    void write(String what) throws RedisException;
  }

  private final Attempt attempt;
  private final BooleanSupplier closed;

  HoleRecord(Attempt attempt, BooleanSupplier closed) {
    this.attempt = attempt;
    this.closed = closed;
  }

  void write(DataFault fault) {
    for (int count = 1; ; count++) {
      try {
        attempt.write(fault.fault().code() + " " + fault.fault().message());
        return;
      } catch (RedisException e) {
        if (count == ATTEMPTS || closed.getAsBoolean()) {
          fault.addSuppressed(e);
          return;
        }
        // The target may be away for a moment; without the record the next start goes on past it.
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }
}
