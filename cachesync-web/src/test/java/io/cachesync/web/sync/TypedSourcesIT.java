package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.SentinelServers;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.web.testkit.ConsoleProcess;
import io.cachesync.web.testkit.RestClient;
import io.cachesync.web.testkit.RestMigration;
import io.cachesync.web.testkit.Sshd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A server, a master of sentinels and a cluster, each typed into a task with a login of its own, go
 * into one target, through a password that is changed on the way.
 */
class TypedSourcesIT {
  private static final ServerVersion VERSION = ServerVersion.V7_0;
  private static final int KEYS = 500;

  private static Sshd sshd;
  private static ConsoleProcess console;
  private static RestClient rest;

  @BeforeAll
  static void start() {
    sshd = Sshd.start();
    console = ConsoleProcess.start();
    rest = new RestClient(console);
    RestMigration.addMachine(rest, sshd);
  }

  @AfterAll
  static void stop() {
    if (console != null) {
      console.close();
    }
    sshd.close();
  }

  @Test
  void goIntoOneTargetAndGoOnWithAnotherLogin() {
    try (RedisServer first = new RedisServer(VERSION).password("of-the-first").start();
        RedisServer second = new RedisServer(VERSION).user("mig", "on >one ~* &* +@all").start();
        RedisServer watched = new RedisServer(VERSION).start();
        RedisServer sentinel = SentinelServers.watching(watched, "of-the-sentinels");
        ClusterServers cluster = new ClusterServers(VERSION, 3).patient().start();
        RedisServer target = new RedisServer(VERSION).password("of-the-target").start()) {
      Sources sources = new Sources(first, second, watched, cluster);
      sources.write("before");

      refusesWhatDoesNotLogIn(second, ends(first, second, "wrong", sentinel, cluster), target);
      RestMigration migration =
          create(ends(first, second, "one", sentinel, cluster), target, "all of them");
      migration.precheck();
      migration.ask("start");
      migration.awaitInSync();
      assertThat(linkSources(migration)).hasSize(6);
      sources.write("meanwhile");

      migration.ask("stop");
      migration.awaitState("STOPPED");
      try (RespClient admin = second.client()) {
        admin.call("ACL", "SETUSER", "mig", "resetpass", ">two");
      }
      sources.write("stopped");
      migration.ask("start");
      migration.awaitState("FAILED");
      assertThat(migration.get().get("fault").get("code").asString()).isEqualTo("AUTH_FAILED");
      migration.login(Map.of("end", "sources[1]", "user", "mig", "password", "two"));
      migration.ask("start");
      migration.awaitInSync();
      sources.write("after");
      migration.awaitInSync();
      migration.ask("finish");
      migration.awaitState("DONE");

      assertThat(target.keys()).isEqualTo(4L * KEYS * 4);
      assertThat(DatasetComparer.compareUnion(sources.all(), target)).isEmpty();
      assertThat(migration.get() + migration.log() + console.log())
          .doesNotContain("of-the-first", "of-the-sentinels", "of-the-target", "\"two\"");
    }
  }

  /** Each source is prechecked with its own login, and a finding names it. */
  private static void refusesWhatDoesNotLogIn(
      RedisServer second, List<Map<String, Object>> ends, RedisServer target) {
    RestMigration migration = create(ends, target, "wrong password");
    JsonNode findings = migration.findings();
    List<String> blocked = new ArrayList<>();
    for (JsonNode finding : findings) {
      if (finding.get("severity").asString().equals("BLOCK")) {
        blocked.add(finding.get("source").asString());
      }
    }
    assertThat(blocked).as(findings.toPrettyString()).isNotEmpty().containsOnly(second.address());
    assertThat(migration.state()).isEqualTo("DRAFT");
  }

  private static RestMigration create(
      List<Map<String, Object>> sources, RedisServer target, String name) {
    return RestMigration.create(
        rest, RestMigration.end(target, "of-the-target"), Map.of("name", name, "sources", sources));
  }

  private static List<Map<String, Object>> ends(
      RedisServer first,
      RedisServer second,
      String password,
      RedisServer sentinel,
      ClusterServers cluster) {
    return List.of(
        RestMigration.end(first, "of-the-first"),
        Map.of("address", second.address(), "user", "mig", "password", password),
        Map.of(
            "topology",
            "SENTINEL",
            "addresses",
            List.of(sentinel.address()),
            "masterName",
            SentinelServers.NAME,
            "sentinelPassword",
            "of-the-sentinels"),
        Map.of("topology", "CLUSTER", "addresses", cluster.addresses()));
  }

  private static Set<String> linkSources(RestMigration migration) {
    Set<String> sources = new TreeSet<>();
    migration.links().forEach(link -> sources.add(link.get("source").toString()));
    return sources;
  }

  /** What is moved; each has keys of its own. */
  private record Sources(
      RedisServer first, RedisServer second, RedisServer watched, ClusterServers cluster) {
    void write(String when) {
      for (RedisServer server : List.of(first, second, watched)) {
        try (RespClient client = server.client()) {
          for (int i = 0; i < KEYS; i++) {
            client.call("SET", when + ":" + server.port() + ":" + i, "value " + i);
          }
        }
      }
      List<RespClient> clients = cluster.masters().stream().map(RedisServer::client).toList();
      for (int i = 0; i < KEYS; i++) {
        String key = when + ":cluster:" + i;
        RedisServer owner = cluster.ownerOf(ClusterServers.slot(key));
        clients.get(cluster.masters().indexOf(owner)).call("SET", key, "value " + i);
      }
      clients.forEach(RespClient::close);
    }

    List<RedisServer> all() {
      List<RedisServer> all = new ArrayList<>(List.of(first, second, watched));
      all.addAll(cluster.masters());
      return all;
    }
  }
}
