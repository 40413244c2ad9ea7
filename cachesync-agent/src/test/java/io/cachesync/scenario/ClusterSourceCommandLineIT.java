package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.sample.SampleWriter;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A cluster into one server, as a person at a shell does it, with agents that are killed. */
class ClusterSourceCommandLineIT {
  private static final long KEYS = 4_000;

  @RegisterExtension
  static final ClusterServers SOURCE =
      new ClusterServers(ServerVersion.V7_0, 3)
          .option("repl-backlog-size", "64mb")
          .option("client-output-buffer-limit", "replica 1gb 1gb 60");

  @RegisterExtension
  static final RedisServer TARGET =
      new RedisServer(ServerVersion.V7_0).option("maxmemory-policy", "noeviction");

  @TempDir private Path folder;

  @Test
  void bothSidesAreEqualHoweverOftenTheAgentIsKilled() throws Exception {
    fill();
    AtomicBoolean writing = new AtomicBoolean(true);
    CompletableFuture<Long> writes = trickle(writing);
    try (AgentProcess agent = sync("--limit-commands", "1000")) {
      agent.awaitReport(
          "keys of every link",
          report ->
              report.links().size() == 3
                  && report.links().stream().allMatch(link -> link.keysApplied() > 0));
      agent.kill();
      assertThat(agent.lastReport().phase()).isEqualTo(Phase.FULL_SYNC);
    }
    for (int kill = 0; kill < 3; kill++) {
      try (AgentProcess agent = sync()) {
        JobReport begun = agent.awaitPhase(Phase.INCREMENTAL);
        agent.awaitReport(
            "more of every link",
            report ->
                report.links().stream()
                    .allMatch(
                        link ->
                            link.appliedOffset()
                                > begun.links().get(link.link()).appliedOffset() + 10_000));
        agent.kill();
        assertThat(agent.lastReport().phase()).isEqualTo(Phase.INCREMENTAL);
      }
    }
    try (AgentProcess agent = sync()) {
      agent.awaitPhase(Phase.INCREMENTAL);
      writing.set(false);
      assertThat(writes.get()).isPositive();
      long[] written = SOURCE.masters().stream().mapToLong(RedisServer::replOffset).toArray();
      JobReport last =
          agent.awaitReport(
              "all applied",
              report ->
                  report.links().stream()
                      .allMatch(link -> link.appliedOffset() >= written[link.link()]));
      assertThat(last.links())
          .allSatisfy(link -> assertThat(link.ledger().balanced()).isTrue())
          .allSatisfy(link -> assertThat(link.deadLetters()).isEmpty());
      agent.terminate();
      assertThat(agent.exitCode()).as(agent.output()).isEqualTo(130);
      assertThat(agent.output())
          .contains("3 links -> " + TARGET.address(), "link 2: STOPPED after")
          .doesNotContain("FULL_SYNC");
    }
    finish();
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    try (RespClient target = TARGET.client()) {
      assertThat(target.list("KEYS", "cachesync:*")).isEmpty();
    }
  }

  private void finish() {
    try (AgentProcess finish =
        AgentProcess.start(Map.of(), "finish", "--source", uri(), "--target", TARGET.uri())) {
      assertThat(finish.exitCode()).as(finish.output()).isZero();
    }
  }

  private AgentProcess sync(String... more) {
    List<String> args = new ArrayList<>(List.of("--source", uri(), "--target", TARGET.uri()));
    args.addAll(List.of("--work-dir", folder.resolve("work").toString()));
    args.addAll(Arrays.asList(more));
    return AgentProcess.sync(args.toArray(String[]::new));
  }

  private static String uri() {
    return "redis-cluster://" + String.join(",", SOURCE.addresses());
  }

  private static void fill() throws IOException {
    try (SampleWriter writer = SampleWriter.connect(source(), "")) {
      writer.fill(KEYS, 5);
    }
  }

  private static CompletableFuture<Long> trickle(AtomicBoolean writing) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (SampleWriter writer = SampleWriter.connect(source(), "")) {
            return writer.trickle(KEYS, 5, 1500, writing::get);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static RedisEndpoint source() {
    return new RedisEndpoint(Topology.CLUSTER, SOURCE.addresses(), "", null);
  }
}
