package io.cachesync.agent.sync;

import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before trying again: doubling, with chance, forgotten after a success. */
final class RetryPolicy {
  private static final long FIRST_MILLIS = 200;
  private static final long MOST_MILLIS = 10_000;

  private final long first;
  private final long most;
  private long next;

  RetryPolicy() {
    this(FIRST_MILLIS, MOST_MILLIS);
  }

  /**
   * @param first the longest that the first wait can be, in milliseconds
   * @param most the longest that any can be
   */
  RetryPolicy(long first, long most) {
    this.first = first;
    this.most = most;
    this.next = first;
  }

  void succeeded() {
    next = first;
  }

  /** The wait before the next try, in milliseconds. */
  long failed() {
    long millis = next / 2 + ThreadLocalRandom.current().nextLong(next / 2 + 1);
    next = Math.min(most, next * 2);
    return millis;
  }
}
