package io.cachesync.agent.source;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.Sampler;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.time.Clock;
import java.time.Duration;

/** Asks the source for its offset, so that a lag in time can be told. */
public final class OffsetReading implements Sampler.Reading {
  public static final Duration INTERVAL = Duration.ofMillis(100);

  private final OffsetListener listener;
  private final boolean masterOnly;
  private final Upstream upstream;
  private final Clock clock;

  /**
   * @param masterOnly whether a server that is no master any more is left for the one that is: it
   *     may be behind
   * @param upstream knows of the master of a source that is a replica
   */
  public OffsetReading(
      OffsetListener listener, boolean masterOnly, Upstream upstream, Clock clock) {
    this.listener = listener;
    this.masterOnly = masterOnly;
    this.upstream = upstream;
    this.clock = clock;
  }

  @Override
  public void take(RedisConnection connection) throws RedisException {
    // The clock first: the offset is then at least as new as the time that goes with it.
    long before = clock.millis();
    ServerInfo info = connection.info("replication");
    if (masterOnly && !info.isMaster()) {
      throw new RedisException(
          Fault.retryable(FaultCode.CONNECTION_LOST, connection + " is not the master any more"));
    }
    long offset = info.replOffset();
    if (offset >= 0) {
      long by = clock.millis();
      String history = info.text("master_replid");
      long since = upstream.executedSince(info, before);
      Upstream.Sample ahead = upstream.ahead(offset, before);
      if (ahead != null) {
        listener.sampled(ahead.millis(), history, ahead.offset());
      } else if (info.masterLinkUp()) {
        listener.sampled(before, history, offset);
      }
      if (since >= 0) {
        listener.executed(since, by, history, offset);
      }
    }
  }
}
