package io.cachesync.web.ssh;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Ends a piece of work that takes too long; closing it first calls that off. */
final class TimeLimit implements AutoCloseable {
  private final ScheduledFuture<?> alarm;
  private volatile boolean passed;

  TimeLimit(ScheduledExecutorService alarms, Duration limit, Runnable end) {
    alarm =
        alarms.schedule(
            () -> {
              passed = true;
              end.run();
            },
            limit.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  boolean passed() {
    return passed;
  }

  @Override
  public void close() {
    alarm.cancel(false);
  }
}
