package io.cachesync.bench;

import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.RespError;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A source, and a target that is started anew for each run: one server or three masters of a
 * cluster. Diskless at both ends, nothing is saved, replicas may wait for any number of bytes.
 */
final class Ends implements AutoCloseable {
  private static final ServerVersion VERSION = ServerVersion.V7_0;
  private static final int MASTERS = 3;

  private final RedisServer source;
  private RedisServer target;
  private ClusterServers cluster;
  private int viaPort;

  Ends() {
    source = server().option("repl-backlog-size", "256mb").start();
  }

  /** Starts a target, and ends the former one. */
  void renewTarget(boolean toCluster) {
    closeTarget();
    viaPort = 0;
    if (toCluster) {
      cluster =
          new ClusterServers(VERSION, MASTERS).option("cluster-node-timeout", "60000").start();
    } else {
      target = server().start();
    }
  }

  RedisServer source() {
    return source;
  }

  /** The one server of a target that is no cluster. */
  RedisServer target() {
    return target;
  }

  boolean isCluster() {
    return cluster != null;
  }

  /** Puts something before the target, whose port it returns; only for the next run. */
  void reachTargetAt(int port) {
    viaPort = port;
  }

  /** The target as the command line takes it. */
  String targetAddress() {
    if (viaPort > 0) {
      return "redis://127.0.0.1:" + viaPort;
    }
    return isCluster() ? "redis-cluster://" + String.join(",", cluster.addresses()) : target.uri();
  }

  /** Seconds that a pipelining client takes to write this to an empty server. */
  static double pipe(Load load) {
    try (RedisServer server = server().start()) {
      return load.write(server.port(), "1");
    }
  }

  /** Where a key of the target is. */
  RespClient clientFor(String key) {
    return isCluster() ? cluster.ownerOf(ClusterServers.slot(key)).client() : target.client();
  }

  List<Long> targetPids() {
    List<Long> pids = new ArrayList<>();
    targets().forEach(server -> pids.add(server.pid()));
    return pids;
  }

  List<RedisServer> targets() {
    return isCluster() ? cluster.masters() : List.of(target);
  }

  /** Keys at the target that are not of the task; none while it loads. */
  long keysAtTarget() {
    long keys = 0;
    for (RedisServer server : targets()) {
      try (RespClient client = server.client()) {
        keys += client.number("DBSIZE");
      } catch (RespError e) {
        return 0; // -LOADING
      }
    }
    return keys;
  }

  /** How large the dataset is as an RDB file, in megabytes. */
  double megabytes() {
    try (RespClient client = source.client()) {
      client.call("SAVE");
      Path file = source.folder().resolve("dump.rdb");
      double size = Files.size(file) / 1e6;
      Files.delete(file);
      return size;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    closeTarget();
    source.close();
  }

  private void closeTarget() {
    if (target != null) {
      target.close();
      target = null;
    }
    if (cluster != null) {
      cluster.close();
      cluster = null;
    }
  }

  private static RedisServer server() {
    return new RedisServer(VERSION)
        .option("repl-diskless-sync", "yes")
        .option("repl-diskless-load", "on-empty-db")
        .option("client-output-buffer-limit", "replica 0 0 0")
        .option("repl-timeout", "600");
  }
}
