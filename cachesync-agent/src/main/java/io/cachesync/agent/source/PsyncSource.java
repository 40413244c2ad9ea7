package io.cachesync.agent.source;

import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.RedisClient;
import java.io.Closeable;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Attaches to a server as a replica and hands on what it sends, as fast as it comes. One object is
 * one connection: after a fault make a new one.
 */
public final class PsyncSource implements Closeable {
  /** A master that says nothing for so long is taken for dead; as repl-timeout. */
  public static final Duration DEFAULT_SILENCE = Duration.ofSeconds(60);

  /**
   * @param appliedOffset asked once a second, for the acknowledgements; negative before there is
   *     one
   * @param silence how long the source may say nothing
   */
  public PsyncSource(
      RedisClient client,
      HostAndPort node,
      SourceSink sink,
      LongSupplier appliedOffset,
      Duration silence,
      Clock clock) {
    throw new UnsupportedOperationException();
  }

  /**
   * Connects and reads until {@link #close()} or a failure; blocks.
   *
   * @param from what is there already, or {@link ReplicationPosition#NONE} for a full sync
   * @throws io.cachesync.contract.FaultException what the connection, the source or the sink failed
   *     with; after {@link #close()} CONNECTION_LOST, or nothing
   */
  public void run(ReplicationPosition from) throws IOException, InterruptedException {
    throw new UnsupportedOperationException();
  }

  /** Offset of the last byte received and handed on, or -1 before the stream begins. */
  public long receivedOffset() {
    throw new UnsupportedOperationException();
  }

  /** Bytes of the snapshot received. */
  public long rdbBytesReceived() {
    throw new UnsupportedOperationException();
  }

  /** Commands of the stream received: the ledger's "read". */
  public long commandsReceived() {
    throw new UnsupportedOperationException();
  }

  /** Ends the connection; {@link #run} returns soon. From any thread, any number of times. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
