package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A transaction of the source that is larger than the memory of the agent has room for. */
class HugeTransactionIT {
  private static final int ROWS = 60_000;
  private static final int LISTS = 60;
  private static final String ROW = "x".repeat(1000);
  private static final List<String> SMALL_HEAP =
      List.of(
          "-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError");

  @TempDir private Path folder;

  /** It goes on in its middle, out of its relay log or from the source's backlog. */
  @ParameterizedTest
  @CsvSource({"V2_8, false", "V7_0, false", "V7_0, true"})
  void isAppliedOnceHoweverItsPartsAreCutOff(ServerVersion version, boolean elsewhere)
      throws Exception {
    try (RedisServer source = source(version);
        RedisServer target = new RedisServer(version).start();
        RespClient reader = target.client()) {
      try (AgentProcess agent = sync(source, target.uri(), "here", "--limit-mb", "8")) {
        agent.awaitApplied(source.replOffset());
        write(source);
        Awaitility.await()
            .until(() -> rows(reader) > 0 && agent.output().contains("is applied in parts"));
        agent.kill();
      }
      assertThat(rows(reader)).isBetween(1L, ROWS - 1L);
      String workDir = elsewhere ? "elsewhere" : "here";
      try (AgentProcess agent = sync(source, target.uri(), workDir, "--take-over")) {
        Awaitility.await(agent.output())
            .atMost(Duration.ofMinutes(3))
            .failFast(() -> assertThat(agent.isAlive()).as(agent.output()).isTrue())
            .until(() -> reader.number("EXISTS", "end") == 1);
        try (RespClient client = source.client()) {
          client.call("RPUSH", "list:0", "behind");
        }
        agent.awaitApplied(source.replOffset());
        assertThat(agent.lastReport().links().get(0).ledger().balanced()).isTrue();
        agent.terminate();
        agent.exitCode();
      }
      DatasetComparer.assertEqual(source, target);
    }
  }

  @Test
  void isAppliedInPartsToACluster() throws Exception {
    try (RedisServer source = source(ServerVersion.V7_0);
        ClusterServers target = new ClusterServers(ServerVersion.V7_0, 3).patient().start()) {
      String seeds = "redis-cluster://" + String.join(",", target.addresses());
      try (AgentProcess agent = sync(source, seeds, "here", "--limit-mb", "8")) {
        agent.awaitApplied(source.replOffset());
        write(source);
        Awaitility.await().until(() -> target.keys() > LISTS);
        agent.kill();
      }
      try (AgentProcess agent = sync(source, seeds, "here")) {
        agent.awaitApplied(source.replOffset());
        assertThat(agent.output()).doesNotContain("OutOfMemory");
      }
      assertThat(DatasetComparer.compare(source, target)).isEmpty();
    }
  }

  private AgentProcess sync(RedisServer source, String target, String workDir, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "--source",
                source.uri(),
                "--target",
                target,
                "--work-dir",
                folder.resolve(workDir).toString(),
                "--skip-precheck"));
    words.addAll(List.of(more));
    return AgentProcess.syncWith(SMALL_HEAP, words.toArray(String[]::new));
  }

  private static RedisServer source(ServerVersion version) {
    return new RedisServer(version)
        .option("client-output-buffer-limit", "slave 0 0 0")
        .option("repl-backlog-size", "200mb")
        .start();
  }

  /** Counters and lists that a part too many or too few leaves wrong. */
  private static void write(RedisServer source) {
    List<String[]> transaction = new ArrayList<>();
    transaction.add(new String[] {"MULTI"});
    for (int i = 0; i < ROWS; i++) {
      transaction.add(new String[] {"RPUSH", "list:" + i % LISTS, i + ROW});
      if (i % 100 == 0) {
        transaction.add(new String[] {"INCR", "counter:" + i % 7});
      }
    }
    transaction.add(new String[] {"SET", "end", "1"});
    transaction.add(new String[] {"EXEC"});
    try (RespClient client = source.client()) {
      client.pipeline(transaction);
    }
  }

  private static long rows(RespClient reader) {
    long rows = 0;
    for (int i = 0; i < LISTS; i++) {
      rows += reader.number("LLEN", "list:" + i);
    }
    return rows;
  }
}
