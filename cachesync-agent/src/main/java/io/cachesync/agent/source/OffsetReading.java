package io.cachesync.agent.source;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.Sampler;
import io.cachesync.agent.redis.ServerInfo;
import java.time.Clock;
import java.time.Duration;

/** Asks the source for its offset, so that a lag in time can be told. */
public final class OffsetReading implements Sampler.Reading {
  public static final Duration INTERVAL = Duration.ofMillis(100);

  private final OffsetListener listener;
  private final Clock clock;

  public OffsetReading(OffsetListener listener, Clock clock) {
    this.listener = listener;
    this.clock = clock;
  }

  @Override
  public void take(RedisConnection connection) throws RedisException {
    // The clock first: the offset is then at least as new as the time that goes with it.
    long before = clock.millis();
    ServerInfo info = connection.info("replication");
    long offset = info.replOffset();
    if (offset >= 0) {
      listener.sampled(before, info.text("master_replid"), offset);
    }
  }
}
