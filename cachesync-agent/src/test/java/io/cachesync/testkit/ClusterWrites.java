package io.cachesync.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/**
 * Writes to a cluster that must be applied exactly once and in their order, of several types and
 * some in transactions, spread over all of its slots, until told to stop. Goes on where a slot's
 * master has changed; what a failure took with it is not written again.
 */
public final class ClusterWrites implements AutoCloseable {
  private static final int TAGS = 400;
  private static final long PAUSE_NANOS = 2_000_000;
  private static final long GENTLE_PAUSE_NANOS = 20_000_000;
  private static final long LOST_NANOS = 100_000_000;

  private final ClusterServers cluster;
  private final Random random;
  private final AtomicLong rounds = new AtomicLong();
  private final Map<RedisServer, RespClient> clients = new HashMap<>();
  private volatile boolean writing = true;
  private long pauseNanos = PAUSE_NANOS;
  private RedisServer[] owners;
  private CompletableFuture<Void> work = CompletableFuture.completedFuture(null);

  public ClusterWrites(ClusterServers cluster, long seed) {
    this.cluster = cluster;
    this.random = new Random(seed);
    this.owners = cluster.owners();
  }

  /** A tenth of it, for tests that are about something else and take long. */
  public ClusterWrites gently() {
    pauseNanos = GENTLE_PAUSE_NANOS;
    return this;
  }

  /** Returns once it writes. */
  public ClusterWrites start() {
    work = CompletableFuture.runAsync(this::write);
    Awaitility.await().until(() -> rounds.get() > 5);
    return this;
  }

  /** Returns the number of rounds that were written. */
  public long stop() {
    writing = false;
    work.join();
    return rounds.get();
  }

  /** Writes so many keys of the names {@code NAME:i}, which lie in as many slots. */
  public void fill(String name, int keys, int valueLength) {
    Map<RedisServer, List<String[]>> commands = new HashMap<>();
    for (int i = 0; i < keys; i++) {
      String key = name + ":" + i;
      String value = noise(valueLength);
      commands
          .computeIfAbsent(owners[ClusterServers.slot(key)], owner -> new ArrayList<>())
          .add(new String[] {"SET", key, value});
    }
    pipeline(commands);
  }

  /** Does not compress, so that a snapshot is as large as it looks. */
  private String noise(int length) {
    StringBuilder noise = new StringBuilder();
    while (noise.length() < length) {
      noise.append(Long.toString(random.nextLong(), 36));
    }
    return noise.toString();
  }

  /** Deletes what {@link #fill} has written. */
  public void delete(String name, int keys) {
    Map<RedisServer, List<String[]>> commands = new HashMap<>();
    for (int i = 0; i < keys; i++) {
      String key = name + ":" + i;
      commands
          .computeIfAbsent(owners[ClusterServers.slot(key)], owner -> new ArrayList<>())
          .add(new String[] {"DEL", key});
    }
    pipeline(commands);
  }

  private void write() {
    while (writing) {
      String tag = "{t" + random.nextInt(TAGS) + "}";
      try {
        send(client(owners[ClusterServers.slot(tag)]), tag);
        rounds.incrementAndGet();
        LockSupport.parkNanos(pauseNanos);
      } catch (RuntimeException e) {
        forget();
        LockSupport.parkNanos(LOST_NANOS);
      }
    }
  }

  private void send(RespClient client, String tag) {
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      commands.add(new String[] {"INCR", tag + "counter"});
      commands.add(new String[] {"APPEND", tag + "text:" + random.nextInt(3), "abc"});
      commands.add(new String[] {"SET", tag + "set:" + random.nextInt(9), "v" + i, "EX", "900"});
      commands.add(new String[] {"ZADD", tag + "zset", Integer.toString(i), "m" + i});
    }
    commands.add(new String[] {"DEL", tag + "set:" + random.nextInt(9)});
    commands.add(new String[] {"MULTI"});
    commands.add(new String[] {"RPUSH", tag + "list", Long.toString(rounds.get())});
    commands.add(new String[] {"HINCRBY", tag + "hash", "field", "1"});
    commands.add(new String[] {"LTRIM", tag + "list", "-100", "-1"});
    commands.add(new String[] {"SUNIONSTORE", tag + "union", tag + "a", tag + "b"});
    commands.add(new String[] {"SADD", tag + "a", Integer.toString(random.nextInt(50))});
    commands.add(new String[] {"EXEC"});
    for (Object reply : client.pipeline(commands)) {
      if (reply instanceof RespError error) {
        throw error;
      }
    }
  }

  private static void pipeline(Map<RedisServer, List<String[]>> commands) {
    commands.forEach(
        (owner, some) -> {
          try (RespClient client = owner.client()) {
            client.pipeline(some);
          }
        });
  }

  private RespClient client(RedisServer owner) {
    return clients.computeIfAbsent(owner, RedisServer::client);
  }

  private void forget() {
    clients.values().forEach(RespClient::close);
    clients.clear();
    RedisServer[] now;
    try {
      now = cluster.owners();
    } catch (RuntimeException e) {
      return; // Who was asked has gone too: the next round asks another.
    }
    for (RedisServer owner : now) {
      if (owner == null) {
        return;
      }
    }
    owners = now;
  }

  @Override
  public void close() {
    stop();
    clients.values().forEach(RespClient::close);
  }
}
