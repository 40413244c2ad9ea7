package io.cachesync.agent.source;

import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.RedisClient;
import java.io.Closeable;
import java.time.Clock;
import java.time.Duration;

/**
 * Asks the source ten times a second for its offset, on a connection of its own. Reconnects by
 * itself and is silent meanwhile: without samples the lag in time is unknown, which is no fault.
 */
public final class OffsetSampler implements Closeable {
  public static final Duration DEFAULT_INTERVAL = Duration.ofMillis(100);

  public OffsetSampler(
      RedisClient client,
      HostAndPort node,
      Duration interval,
      OffsetListener listener,
      Clock clock) {
    throw new UnsupportedOperationException();
  }

  /** Starts its thread. */
  public void start() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
