package io.cachesync.agent.verify;

import io.cachesync.agent.redis.RedisException;
import java.io.IOException;

/** How long a side that cannot be asked is waited for. For one thread. */
final class Patience {
  private static final long MOST_MILLIS = 60_000;
  private static final long PAUSE_MILLIS = 500;

  private long sinceMillis = -1;

  /** All is well again. */
  void calm() {
    sinceMillis = -1;
  }

  /**
   * Waits a little before the next try.
   *
   * @throws IOException the failure itself, where waiting does not help or has not helped
   */
  void waitAfter(IOException failure) throws IOException, InterruptedException {
    long now = System.currentTimeMillis();
    if (sinceMillis < 0) {
      sinceMillis = now;
    }
    if (!(failure instanceof RedisException known)
        || !known.fault().retryable()
        || now - sinceMillis > MOST_MILLIS) {
      throw failure;
    }
    Thread.sleep(PAUSE_MILLIS);
  }
}
