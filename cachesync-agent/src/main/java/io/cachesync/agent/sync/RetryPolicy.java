package io.cachesync.agent.sync;

import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before trying again: doubling, with chance, forgotten after a success. */
final class RetryPolicy {
  private static final long FIRST_MILLIS = 200;
  private static final long MOST_MILLIS = 10_000;

  private long next = FIRST_MILLIS;

  void succeeded() {
    next = FIRST_MILLIS;
  }

  /** The wait before the next try, in milliseconds. */
  long failed() {
    long millis = next / 2 + ThreadLocalRandom.current().nextLong(next / 2 + 1);
    next = Math.min(MOST_MILLIS, next * 2);
    return millis;
  }
}
