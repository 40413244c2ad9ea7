package io.cachesync.proof;

import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What is read from and what is written to, flushed between seeds and not started again. */
final class Pair implements AutoCloseable {
  private static final String CRASH_REPORT = "BUG REPORT START";
  private static final String CURRENT_CLIENT = "CURRENT CLIENT INFO";

  /** A report's beginning tells the cause and the stack; the client follows behind much else. */
  private static final int REPORT_CHARS = 6000;

  private static final int CLIENT_CHARS = 3000;

  private final ProofSource source;
  private final ProofTarget target;

  Pair(Kind kind) {
    ServerVersion version = kind.version();
    source =
        switch (kind.origin()) {
          case SERVER -> new ProofSource.Servers(List.of(source(version)));
          case SERVERS -> new ProofSource.Servers(List.of(source(version), source(version)));
          case REPLICA -> new ReplicaSource(silent(version), silent(version), silent(version));
          case CLUSTER ->
              ProofSource.Cluster.of(
                  cluster(version, 3).option("repl-backlog-size", "16mb").start());
          case DRAINED ->
              ProofSource.Cluster.withOneToDrain(
                  new ClusterServers(version, 2)
                      .option("hz", "100")
                      .option("repl-backlog-size", "16mb")
                      .start());
        };
    target =
        switch (kind.target()) {
          case SERVER -> new ServerTarget(server(kind.targetVersion()).start());
          case CLUSTER -> new ClusterTarget(cluster(kind.targetVersion(), 3).start());
          case FILTERED ->
              new FilteredTarget(new ServerTarget(server(kind.targetVersion()).start()));
          case FILTERED_CLUSTER ->
              new FilteredTarget(new ClusterTarget(cluster(kind.targetVersion(), 3).start()));
        };
  }

  /** What pairs differ by. */
  record Kind(
      ServerVersion version,
      ServerVersion targetVersion,
      Workload.Origin origin,
      Workload.Target target) {}

  /** A replica that is asked to take over does so at once; one whose master stands still, soon. */
  private static ClusterServers cluster(ServerVersion version, int masters) {
    return new ClusterServers(version, masters, 1)
        .option("hz", "100")
        .option("cluster-node-timeout", "1000");
  }

  private static RedisServer source(ServerVersion version) {
    return server(version).option("repl-backlog-size", "16mb").start();
  }

  /** What a server puts into its stream by itself would be at one of its replicas only. */
  private static RedisServer silent(ServerVersion version) {
    return server(version).option("repl-backlog-size", "16mb").withoutPings().start();
  }

  /** The frequency makes a snapshot begin, and an expired key go, without a wait. */
  private static RedisServer server(ServerVersion version) {
    // 2.8 evicts unless it is told not to.
    return new RedisServer(version).option("hz", "100").option("maxmemory-policy", "noeviction");
  }

  ProofSource source() {
    return source;
  }

  ProofTarget target() {
    return target;
  }

  void reset() {
    source.reset();
    target.reset();
  }

  /** Where the source stands once it has all that its masters hold, by where its link reads. */
  Map<String, Long> sourceOffsets(Wires wires) {
    source.settle();
    Map<String, Long> offsets = new TreeMap<>();
    for (RedisServer read : source.read()) {
      String at = wires.sourceAddresses().get(source.nodes().indexOf(read));
      offsets.put(at, offset(read));
    }
    return offsets;
  }

  /** Whether what was written last is at the target, where offsets do not tell. */
  boolean hasArrived() {
    return !(source instanceof ReplicaSource replica) || replica.hasArrivedAt(target);
  }

  /** The history of each, likewise; none where the version has no second one. */
  Map<String, String> sourceHistories(Wires wires) {
    Map<String, String> histories = new TreeMap<>();
    for (RedisServer read : source.read()) {
      if (!read.version().atLeast(ServerVersion.V6_2)) {
        return Map.of();
      }
      String at = wires.sourceAddresses().get(source.nodes().indexOf(read));
      try (RespClient client = read.client()) {
        histories.put(at, client.info("replication").get("master_replid"));
      }
    }
    return histories;
  }

  private static long offset(RedisServer master) {
    try (RespClient client = master.client()) {
      return Long.parseLong(client.info("replication").get("master_repl_offset"));
    }
  }

  /** What the nodes say of their replication, for whoever has to explain. */
  String replication() {
    StringBuilder text = new StringBuilder();
    for (RedisServer node : source.servers()) {
      text.append("source ").append(node.port()).append(' ').append(replication(node)).append('\n');
    }
    for (RedisServer node : target.nodes()) {
      text.append("target ").append(node.port()).append(' ').append(replication(node)).append('\n');
    }
    return text.toString();
  }

  private static String replication(RedisServer node) {
    if (!node.isAlive()) {
      return "has ended";
    }
    try (RespClient client = node.client()) {
      return client.info("replication").toString();
    } catch (RuntimeException e) {
      return e.toString();
    }
  }

  /** The last words of a server that has ended by itself. */
  String lastWords() {
    return source.servers().stream()
            .map(node -> lastWords("source", node))
            .collect(Collectors.joining())
        + target.nodes().stream()
            .map(node -> lastWords("target", node))
            .collect(Collectors.joining());
  }

  private static String lastWords(String name, RedisServer server) {
    if (server.isAlive()) {
      return "";
    }
    String log = server.log();
    int report = log.indexOf(CRASH_REPORT);
    int from = report < 0 ? Math.max(0, log.length() - REPORT_CHARS) : report;
    String words = log.substring(from, Math.min(log.length(), from + REPORT_CHARS));
    return "\nthe " + name + " has ended:\n" + words + client(log, report) + '\n';
  }

  /** Whose command it was, where the report tells it further down. */
  private static String client(String log, int report) {
    int at = report < 0 ? -1 : log.indexOf(CURRENT_CLIENT, report + REPORT_CHARS);
    return at < 0 ? "" : "\n…\n" + log.substring(at, Math.min(log.length(), at + CLIENT_CHARS));
  }

  @Override
  public void close() {
    source.close();
    target.close();
  }
}
