package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Severity;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A precheck with a cluster as one of its ends and a single server as the other. */
final class ClusterPrecheckRun {
  static final FilterSpec DATABASE_0 = new FilterSpec(List.of(0), false);

  private final ClusterServers cluster;
  private final RedisServer single;
  private final PrecheckRun run;

  /** Both have been started. */
  ClusterPrecheckRun(ClusterServers cluster, RedisServer single) {
    this.cluster = cluster;
    this.single = single;
    run = new PrecheckRun(single, single).filter(DATABASE_0);
  }

  /** From the single server to itself, but for what is changed. */
  PrecheckRun run() {
    return run;
  }

  /** Nothing lies in any of them, and the users have the smallest rights. */
  void empty() {
    single.flush();
    call(single, "CONFIG", "RESETSTAT");
    for (RedisServer master : cluster.masters()) {
      call(master, "FLUSHALL");
      call(master, "CONFIG", "RESETSTAT");
      master.config("maxmemory", "0");
      master.config("maxmemory-policy", "noeviction");
    }
    for (RedisServer node : cluster.nodes()) {
      allow(node, "source", SmallestRights.sourceCluster(true));
      allow(node, "target", SmallestRights.targetCluster());
    }
    allow(single, "source", SmallestRights.source(true));
    allow(single, "target", SmallestRights.target());
    run.users("source", "target", "secret");
  }

  PrecheckRun intoCluster() {
    return run.target(cluster(Map.of()));
  }

  PrecheckRun outOfCluster() {
    return run.source(
        new RedisEndpoint(
            Topology.CLUSTER, List.of(cluster.nodes().get(0).address()), "source", null));
  }

  RedisEndpoint cluster(Map<String, String> addressMap) {
    String one = cluster.nodes().get(0).address();
    return new RedisEndpoint(Topology.CLUSTER, List.of(one), "target", null, addressMap);
  }

  PrecheckFinding finding(PrecheckCode code, Severity severity, String variant) {
    List<PrecheckFinding> found =
        run.of(code).stream()
            .filter(each -> each.severity() == severity && each.variant().equals(variant))
            .toList();
    assertThat(found).as("%s of %s", code, run.text()).hasSize(1);
    assertThat(found.get(0).remedy()).isNotEmpty();
    assertThat(found.get(0).summary() + found.get(0).remedy()).doesNotContain("{", "}");
    return found.get(0);
  }

  /** A hundred keys at each master. */
  void fill() {
    List<RedisServer> masters = cluster.masters();
    int[] left = {100, 100, 100};
    RedisServer[] owners = cluster.owners();
    List<List<String[]>> commands =
        List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int i = 0; left[0] + left[1] + left[2] > 0; i++) {
      int master = masters.indexOf(owners[ClusterServers.slot("key:" + i)]);
      if (left[master] > 0) {
        left[master]--;
        commands.get(master).add(new String[] {"SET", "key:" + i, "v"});
      }
    }
    for (int i = 0; i < 3; i++) {
      masters.get(i).pipeline(commands.get(i));
    }
  }

  private static void allow(RedisServer server, String user, String rules) {
    List<String> words = new ArrayList<>(List.of("ACL", "SETUSER", user, "reset", "on", ">secret"));
    words.addAll(List.of(rules.trim().split(" +")));
    call(server, words.toArray(String[]::new));
  }

  static void call(RedisServer server, String... words) {
    try (RespClient client = server.client()) {
      client.call(words);
    }
  }

  static String runId(RedisServer server) {
    return info(server, "server", "run_id");
  }

  static String info(RedisServer server, String section, String field) {
    try (RespClient client = server.client()) {
      return client.info(section).get(field);
    }
  }
}
