package io.cachesync.agent.source;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.Sampler;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.time.Clock;
import java.time.Duration;
import java.util.function.IntSupplier;

/**
 * Asks the source for its offset, so that a lag in time can be told. Below 4.0 it does not name the
 * history that the offset is of; but it ends all streams where it is given another master, or
 * copies its own anew (replication.c, replicationSetMaster and syncWithMaster), so that it is the
 * stream's history as long as it lists the stream among its replicas.
 */
public final class OffsetReading implements Sampler.Reading {
  public static final Duration INTERVAL = Duration.ofMillis(100);

  private final OffsetListener listener;
  private final boolean masterOnly;
  private final Upstream upstream;
  private final IntSupplier streamPort;
  private final Clock clock;

  /**
   * @param masterOnly whether a server that is no master any more is left for the one that is: it
   *     may be behind
   * @param upstream knows of the master of a source that is a replica
   * @param streamPort where the stream that is followed comes to, as the source was told; 0 while
   *     there is none
   */
  public OffsetReading(
      OffsetListener listener,
      boolean masterOnly,
      Upstream upstream,
      IntSupplier streamPort,
      Clock clock) {
    this.streamPort = streamPort;
    this.listener = listener;
    this.masterOnly = masterOnly;
    this.upstream = upstream;
    this.clock = clock;
  }

  @Override
  public void take(RedisConnection connection) throws RedisException {
    // The clock first: the offset is then at least as new as the time that goes with it.
    long before = clock.millis();
    int port = streamPort.getAsInt();
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
        listener.sampled(ahead.millis(), history, ahead.offset(), false);
      } else if (info.masterLinkUp()) {
        listener.sampled(before, history, offset, isListed(port, info));
      }
      listener.executed(since, by, history, offset);
    }
  }

  /** One that does not tell of its replicas is taken at its word. */
  private static boolean isListed(int port, ServerInfo info) {
    return port > 0 && (info.connectedReplicas() < 0 || info.hasReplica(port));
  }
}
