package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Phase;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A migration runs from its start to its finish with the smallest rights, and not with less. */
class SmallestRightsIT {
  private static final Map<String, String> PASSWORDS =
      Map.of("SOURCE_PASSWORD", "secret", "TARGET_PASSWORD", "secret");

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V6_2", "V7_0", "V7_4"})
  void areEnoughForAWholeMigration(ServerVersion version) {
    try (RedisServer source =
            new RedisServer(version)
                .user(
                    "mig",
                    "on >secret " + SmallestRights.source(version.atLeast(ServerVersion.V7_0)))
                .start();
        RedisServer target =
            new RedisServer(version).user("mig", "on >secret " + SmallestRights.target()).start()) {
      write(source, "before");
      try (AgentProcess agent =
          AgentProcess.sync(
              PASSWORDS,
              "--source",
              "redis://mig:@" + source.address(),
              "--source-password-env",
              "SOURCE_PASSWORD",
              "--target",
              "redis://mig:@" + target.address(),
              "--target-password-env",
              "TARGET_PASSWORD",
              "--task",
              "smallest")) {
        agent.awaitPhase(Phase.INCREMENTAL);
        write(source, "during");
        agent.awaitApplied(offset(source));
        makeDoubt(source, target);
        agent.awaitApplied(offset(source));
        assertThat(agent.lastReport().links().get(0).deadLetters()).isEmpty();
        agent.terminate();
        assertThat(agent.exitCode()).as(agent.output()).isEqualTo(130);
      }
      try (AgentProcess finish =
          AgentProcess.start(
              PASSWORDS,
              "finish",
              "--target",
              "redis://mig:@" + target.address(),
              "--target-password-env",
              "TARGET_PASSWORD",
              "--task",
              "smallest")) {
        assertThat(finish.exitCode()).as(finish.output()).isZero();
      }
      DatasetComparer.assertEqual(source, target);
    }
  }

  @Test
  void areEnoughForAWholeMigrationBetweenClusters() {
    try (ClusterServers source = cluster(2, SmallestRights.sourceCluster(true));
        ClusterServers target = cluster(3, SmallestRights.targetCluster())) {
      new ClusterWrites(source, 1).fill("before", 100, 100);
      String[] into = {
        "--target",
        "redis-cluster://mig:@" + target.addresses().get(0),
        "--target-password-env",
        "TARGET_PASSWORD",
        "--task",
        "smallest"
      };
      String[] from = {
        "--source",
        "redis-cluster://mig:@" + source.addresses().get(0),
        "--source-password-env",
        "SOURCE_PASSWORD"
      };
      try (AgentProcess agent = AgentProcess.sync(PASSWORDS, with(into, from))) {
        agent.awaitPhase(Phase.INCREMENTAL);
        new ClusterWrites(source, 2).fill("during", 100, 100);
        // Refused for what the key holds, so it is fetched again.
        int slot = ClusterServers.slot("doubt");
        write(target.ownerOf(slot), "SET", "doubt", "another type");
        write(source.ownerOf(slot), "RPUSH", "doubt", "a");
        Awaitility.await()
            .until(
                () ->
                    copied(target, "during") == 100
                        && write(target.ownerOf(slot), "TYPE", "doubt").equals("list"));
        assertThat(agent.lastReport().links())
            .hasSize(2)
            .allMatch(link -> link.deadLetters().isEmpty());
        agent.terminate();
        assertThat(agent.exitCode()).as(agent.output()).isEqualTo(130);
      }
      try (AgentProcess finish = AgentProcess.start(PASSWORDS, with(into, "finish"))) {
        assertThat(finish.exitCode()).as(finish.output()).isZero();
      }
      assertThat(target.keys()).isEqualTo(201);
    }
  }

  private static ClusterServers cluster(int masters, String rules) {
    return new ClusterServers(ServerVersion.V7_0, masters)
        .patient()
        .option("user", "mig on >secret " + rules)
        .start();
  }

  private static String[] with(String[] last, String... first) {
    return Stream.concat(Arrays.stream(first), Arrays.stream(last)).toArray(String[]::new);
  }

  private static Object write(RedisServer server, String... command) {
    try (RespClient client = server.client()) {
      return client.call(command);
    }
  }

  private static int copied(ClusterServers cluster, String name) {
    int copied = 0;
    for (RedisServer master : cluster.masters()) {
      try (RespClient client = master.client()) {
        copied += client.list("KEYS", name + ":*").size();
      }
    }
    return copied;
  }

  private static void write(RedisServer server, String name) {
    try (RespClient client = server.client()) {
      client.call("SET", name + ":string", "v", "EX", "7200");
      client.call("HSET", name + ":hash", "f", "v");
      client.call("RPUSH", name + ":list", "a", "b");
      client.call("LPOP", name + ":list");
      client.call("SADD", name + ":set", "a", "b");
      client.call("ZADD", name + ":sorted", "1", "a");
      client.call("XADD", name + ":stream", "*", "f", "v");
      client.call("XGROUP", "CREATE", name + ":stream", "g", "0");
      client.call("PFADD", name + ":log", "a");
      client.call("SETBIT", name + ":bits", "7", "1");
      client.call("EVAL", "return redis.call('INCR', KEYS[1])", "1", name + ":count");
      client.call("SELECT", "3");
      client.call("SET", name, "v");
      client.call("RENAME", name, name + ":renamed");
      if (server.version().atLeast(ServerVersion.V7_0)) {
        client.call(
            "FUNCTION",
            "LOAD",
            "#!lua name=" + name + "\nredis.register_function('" + name + "', function() end)");
      }
    }
  }

  /** A command is refused for what its key holds, so the key is fetched again. */
  private static void makeDoubt(RedisServer source, RedisServer target) {
    try (RespClient toSource = source.client();
        RespClient toTarget = target.client()) {
      toTarget.call("SET", "during:list", "another type");
      toSource.call("RPUSH", "during:list", "c");
    }
  }

  private static long offset(RedisServer server) {
    try (RespClient client = server.client()) {
      return Long.parseLong(client.info("replication").get("master_repl_offset"));
    }
  }
}
