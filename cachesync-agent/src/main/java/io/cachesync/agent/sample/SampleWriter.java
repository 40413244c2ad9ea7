package io.cachesync.agent.sample;

import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.ServerVersion;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Fills a server with sample data and keeps writing to it. */
public final class SampleWriter implements Closeable {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Closeable connections;
  private final SampleServer server;
  private final SampleSink sink;

  private SampleWriter(Closeable connections, SampleServer server, SampleSink sink) {
    this.connections = connections;
    this.server = server;
    this.sink = sink;
  }

  /**
   * Connects to one server, or to every master of a cluster.
   *
   * @param password empty for none
   */
  public static SampleWriter connect(RedisEndpoint endpoint, String password)
      throws RedisException {
    RedisClient client = new RedisClient(endpoint, password);
    return endpoint.topology() == Topology.CLUSTER ? toCluster(client) : toServer(client);
  }

  private static SampleWriter toServer(RedisClient client) throws RedisException {
    RedisConnection connection = client.connect();
    try {
      return new SampleWriter(connection, look(connection), new PipelinedSink(connection));
    } catch (RedisException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static SampleWriter toCluster(RedisClient client) throws RedisException {
    ClusterConnections cluster = ClusterConnections.open(client, List.of());
    try {
      int lowest = Integer.MAX_VALUE;
      for (RedisConnection master : cluster.masters()) {
        lowest = Math.min(lowest, version(master.info("server")));
      }
      SampleServer server = new SampleServer(lowest, 1, true);
      return new SampleWriter(cluster, server, new ClusterSink(cluster));
    } catch (RedisException | RuntimeException e) {
      cluster.close();
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
    try {
      connections.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SampleServer look(RedisConnection connection) throws RedisException {
    ServerInfo info = connection.info("server");
    connection.refuseCluster(info);
    int databases = 1;
    for (int database : new int[] {1, 9}) {
      if (!connection.tryCall("SELECT", Integer.toString(database)).isError()) {
        databases = database + 1;
      }
    }
    connection.call("SELECT", "0");
    return new SampleServer(version(info), databases, false);
  }

  private static int version(ServerInfo server) {
    ServerVersion version = ServerVersion.parse(server.text("redis_version"));
    return version.major() * 100 + version.minor();
  }

  /** What the sink met: it can wrap nothing else. */
  private static RedisException causeOf(UncheckedIOException e) {
    return (RedisException) e.getCause();
  }
}
