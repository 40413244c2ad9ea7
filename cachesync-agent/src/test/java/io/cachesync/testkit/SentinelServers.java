package io.cachesync.testkit;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** A real master with one replica on free loopback ports, watched by three sentinels. */
public final class SentinelServers implements AutoCloseable {
  public static final String NAME = "orders";

  private static final int SENTINELS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final long SOON_MILLIS = 2000;
  private static final long LATE_MILLIS = 60_000;

  private final List<RedisServer> nodes = new ArrayList<>();
  private final List<RedisServer> sentinels = new ArrayList<>();
  private RedisServer master;

  /** Starts all of them, and returns when each sentinel knows the others and the replica. */
  public SentinelServers(ServerVersion version) {
    this(version, SOON_MILLIS);
  }

  /**
   * For tests in which no master is lost: none is taken for lost on a machine that stands still.
   */
  public static SentinelServers patient(ServerVersion version) {
    return new SentinelServers(version, LATE_MILLIS);
  }

  private SentinelServers(ServerVersion version, long downAfterMillis) {
    try {
      master = new RedisServer(version);
      nodes.add(master);
      master.start();
      RedisServer replica = new RedisServer(version);
      nodes.add(replica);
      replica.start();
      call(replica, "SLAVEOF", "127.0.0.1", Integer.toString(master.port()));
      await("the replica follows", () -> isLinked(replica));
      for (int i = 0; i < SENTINELS; i++) {
        sentinels.add(watcher(master, downAfterMillis).start());
      }
      await("every sentinel knows all", () -> sentinels.stream().allMatch(this::knowsAll));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** A sentinel that watches this server, with those that it finds there. */
  public static RedisServer watching(RedisServer watched) {
    return watcher(watched, SOON_MILLIS).start();
  }

  /** As above, with a password of its own. */
  public static RedisServer watching(RedisServer watched, String password) {
    return watcher(watched, SOON_MILLIS).password(password).start();
  }

  private static RedisServer watcher(RedisServer watched, long downAfterMillis) {
    return RedisServer.sentinel(watched.version())
        .option("sentinel monitor", NAME + " 127.0.0.1 " + watched.port() + " 2")
        .option("sentinel down-after-milliseconds", NAME + " " + downAfterMillis)
        .option("sentinel failover-timeout", NAME + " " + Math.max(3000, downAfterMillis));
  }

  public List<RedisServer> sentinels() {
    return List.copyOf(sentinels);
  }

  public List<String> addresses() {
    return sentinels.stream().map(RedisServer::address).toList();
  }

  /** The master as this class has last seen it. */
  public RedisServer master() {
    return master;
  }

  /** The one that is not {@link #master()}. */
  public RedisServer replica() {
    return nodes.get(1 - nodes.indexOf(master));
  }

  /**
   * Has the sentinels make the replica the master, and returns when all of them say so and the
   * former master follows it.
   */
  public void failOver() {
    RedisServer next = replica();
    await(
        "the sentinels take it up",
        () -> {
          if (told(sentinels.get(0)).equals(next.address())) {
            return true;
          }
          // One that takes too long is given up by them, and asked for again.
          try (RespClient client = sentinels.get(0).client()) {
            return !client.text("SENTINEL", "FAILOVER", NAME).equals("OK");
          } catch (RespError e) {
            return false; // One may be under way, or the replica not be known as a good one yet.
          }
        });
    awaitMaster(next);
    RedisServer former = replica();
    await("the former master follows", () -> isLinked(former));
  }

  /** Waits until all sentinels, but those that have ended, tell this node for the master. */
  public void awaitMaster(RedisServer next) {
    await(
        "every sentinel tells " + next.address(),
        () ->
            sentinels.stream()
                .filter(RedisServer::isAlive)
                .allMatch(each -> told(each).equals(next.address())));
    await("it is a master", () -> info(next, "role").equals("master"));
    master = next;
  }

  /** Waits until the replica has all that the master has. */
  public void awaitReplicated() {
    long written = master.replOffset();
    await("the replica has all", () -> isLinked(replica()) && replica().replOffset() >= written);
  }

  @Override
  public void close() {
    sentinels.forEach(RedisServer::close);
    nodes.forEach(RedisServer::close);
  }

  private boolean knowsAll(RedisServer sentinel) {
    try (RespClient client = sentinel.client()) {
      String all = client.info("sentinel").getOrDefault("master0", "");
      return all.contains("status=ok")
          && all.contains("slaves=1")
          && all.contains("sentinels=" + SENTINELS);
    }
  }

  private static String told(RedisServer sentinel) {
    try (RespClient client = sentinel.client()) {
      String all = client.info("sentinel").getOrDefault("master0", "");
      return all.replaceAll(".*address=([^,]+),.*", "$1");
    }
  }

  private static boolean isLinked(RedisServer replica) {
    return info(replica, "role").equals("slave")
        && info(replica, "master_link_status").equals("up");
  }

  private static String info(RedisServer server, String field) {
    try (RespClient client = server.client()) {
      return client.info("replication").getOrDefault(field, "");
    }
  }

  private static void call(RedisServer server, String... words) {
    try (RespClient client = server.client()) {
      client.call(words);
    }
  }

  private static void await(String what, Callable<Boolean> condition) {
    // Sentinels end the connections to a node whose role they change.
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
        .until(condition);
  }
}
