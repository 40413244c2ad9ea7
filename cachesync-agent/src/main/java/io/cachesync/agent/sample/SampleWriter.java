package io.cachesync.agent.sample;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.ServerVersion;
import io.cachesync.contract.RedisEndpoint;
import java.io.Closeable;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Fills a server with sample data and keeps writing to it. */
public final class SampleWriter implements Closeable {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final RedisConnection connection;
  private final SampleServer server;
  private final PipelinedSink sink;

  private SampleWriter(RedisConnection connection, SampleServer server) {
    this.connection = connection;
    this.server = server;
    this.sink = new PipelinedSink(connection);
  }

  /**
   * @param password empty for none
   */
  public static SampleWriter connect(RedisEndpoint endpoint, String password)
      throws RedisException {
    RedisConnection connection = new RedisClient(endpoint, password).connect();
    try {
      return new SampleWriter(connection, look(connection));
    } catch (RedisException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** Writes about {@code keys} keys of every type and returns the number of commands. */
  public long fill(long keys, long seed) throws RedisException {
    long before = sink.acknowledged();
    try {
      new SampleData(server, keys, seed, sink).write();
      sink.flush();
    } catch (UncheckedIOException e) {
      throw causeOf(e);
    }
    return sink.acknowledged() - before;
  }

  /**
   * Writes evenly until told to stop, always ending between two writes.
   *
   * @param keys as given to {@link #fill}
   * @param ratePerSecond writes per second, of one to seven commands each
   * @return the number of writes
   */
  public long trickle(long keys, long seed, long ratePerSecond, BooleanSupplier running)
      throws RedisException {
    long start = System.nanoTime();
    long sent = 0;
    try {
      TrickleWrites writes =
          new TrickleWrites(server, keys, seed, System.currentTimeMillis(), sink);
      writes.prepare();
      sink.flush();
      while (running.getAsBoolean()) {
        double seconds = (System.nanoTime() - start) / 1e9;
        long due = Math.min((long) (seconds * ratePerSecond), sent + ratePerSecond);
        while (sent < due) {
          writes.send(sent++);
        }
        sink.flush();
        LockSupport.parkNanos(TICK_NANOS);
      }
      return sent;
    } catch (UncheckedIOException e) {
      throw causeOf(e);
    }
  }

  @Override
  public void close() {
    connection.close();
  }

  private static SampleServer look(RedisConnection connection) throws RedisException {
    ServerInfo info = connection.info("server");
    ServerVersion version = ServerVersion.parse(info.text("redis_version"));
    int databases = 1;
    for (int database : new int[] {1, 9}) {
      if (!connection.tryCall("SELECT", Integer.toString(database)).isError()) {
        databases = database + 1;
      }
    }
    connection.call("SELECT", "0");
    return new SampleServer(version.major() * 100 + version.minor(), databases);
  }

  /** What the sink met: it can wrap nothing else. */
  private static RedisException causeOf(UncheckedIOException e) {
    return (RedisException) e.getCause();
  }
}
