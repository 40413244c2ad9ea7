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
import java.util.Map;

/**
 * A source, and a target that is started anew for each run: each one server, or the masters of a
 * cluster. Diskless at both ends, nothing is saved, replicas may wait for any number of bytes.
 */
final class Ends implements AutoCloseable {
  private static final ServerVersion VERSION = ServerVersion.V7_0;
  private static final Map<String, String> OPTIONS =
      Map.of(
          "repl-diskless-sync", "yes",
          "repl-diskless-load", "on-empty-db",
          "client-output-buffer-limit", "replica 0 0 0",
          "repl-timeout", "600");

  private final Nodes source;
  private Nodes target;
  private int viaPort;

  /**
   * One end.
   *
   * @param cluster what they are the masters of, or null
   */
  private record Nodes(List<RedisServer> servers, ClusterServers cluster) implements AutoCloseable {
    static Nodes servers(int count, Map<String, String> more) {
      List<RedisServer> servers = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        RedisServer server = new RedisServer(VERSION);
        OPTIONS.forEach(server::option);
        more.forEach(server::option);
        servers.add(server.start());
      }
      return new Nodes(servers, null);
    }

    static Nodes cluster(int masters, Map<String, String> more) {
      ClusterServers cluster = new ClusterServers(VERSION, masters);
      OPTIONS.forEach(cluster::option);
      more.forEach(cluster::option);
      cluster.option("cluster-node-timeout", "60000").start();
      return new Nodes(cluster.masters(), cluster);
    }

    String address() {
      return cluster == null
          ? servers.get(0).uri()
          : "redis-cluster://" + String.join(",", cluster.addresses());
    }

    List<Long> pids() {
      return servers.stream().map(RedisServer::pid).toList();
    }

    @Override
    public void close() {
      servers.forEach(RedisServer::close);
    }
  }

  /** One source. */
  Ends() {
    source = Nodes.servers(1, Map.of("repl-backlog-size", "256mb"));
  }

  /** A source that is a cluster of so many masters. */
  Ends(int masters) {
    source = Nodes.cluster(masters, Map.of("repl-backlog-size", "64mb"));
  }

  /** Starts one server as the target, and ends the former target. */
  void renewTarget() {
    renewTargets(1);
  }

  /** Starts so many servers that do not know each other: each may become a replica. */
  void renewTargets(int servers) {
    closeTarget();
    target = Nodes.servers(servers, Map.of());
  }

  /** Starts a cluster of so many masters as the target, and ends the former target. */
  void renewClusterTarget(int masters) {
    closeTarget();
    target = Nodes.cluster(masters, Map.of());
  }

  /** The source that is no cluster, or the first master of it. */
  RedisServer source() {
    return source.servers.get(0);
  }

  List<RedisServer> sources() {
    return source.servers;
  }

  /** The target that is no cluster, or the first master of it. */
  RedisServer target() {
    return target.servers.get(0);
  }

  List<RedisServer> targets() {
    return target.servers;
  }

  /** Puts something before the target, whose port it is; only for the next run. */
  void reachTargetAt(int port) {
    viaPort = port;
  }

  /** The source as the command line takes it. */
  String sourceAddress() {
    return source.address();
  }

  /** The target as the command line takes it. */
  String targetAddress() {
    return viaPort > 0 ? "redis://127.0.0.1:" + viaPort : target.address();
  }

  /** Seconds that a pipelining client takes to write this to an empty server. */
  static double pipe(Load load) {
    try (Nodes nodes = Nodes.servers(1, Map.of())) {
      return load.write(nodes.servers.get(0).port(), "1");
    }
  }

  /** Where a key of the target is. */
  RespClient clientFor(String key) {
    return targets().get(BySlot.node(key, targets().size())).client();
  }

  List<Long> sourcePids() {
    return source.pids();
  }

  List<Long> targetPids() {
    return target.pids();
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

  /** Writes a dataset into the source. */
  void fill(Dataset dataset, int keys) {
    List<Pipeline> pipelines = sources().stream().map(Pipeline::new).toList();
    dataset.write(new BySlot<>(pipelines), keys);
    for (Pipeline pipeline : pipelines) {
      pipeline.await();
      pipeline.close();
    }
  }

  /** How large the dataset is as RDB files, in megabytes. */
  double megabytes() {
    double size = 0;
    for (RedisServer server : sources()) {
      try (RespClient client = server.client()) {
        client.call("SAVE");
        Path file = server.folder().resolve("dump.rdb");
        size += Files.size(file) / 1e6;
        Files.delete(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return size;
  }

  @Override
  public void close() {
    closeTarget();
    source.close();
  }

  private void closeTarget() {
    viaPort = 0;
    if (target != null) {
      target.close();
      target = null;
    }
  }
}
