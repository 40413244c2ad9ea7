package io.cachesync.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what is measured, with looks far apart enough not to weigh. */
final class Waiting {
  private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(20);

  private Waiting() {}

  static void aMoment() {
    LockSupport.parkNanos(MOMENT_NANOS);
  }

  /**
   * @param running fails with it
   * @return when it was seen, as {@link System#nanoTime}
   */
  static long until(String what, Copier.Running running, BooleanSupplier seen) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!seen.getAsBoolean()) {
      running.verifyAlive();
      if (System.nanoTime() > end) {
        throw new IllegalStateException("not seen: " + what);
      }
      aMoment();
    }
    return System.nanoTime();
  }
}
