package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.redis.SlotRanges;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A cluster into one server, as a person at a shell does it, with agents that are killed. */
class ClusterSourceCommandLineIT {
  private static final long KEYS = 4_000;

  @RegisterExtension
  static final ClusterServers SOURCE =
      new ClusterServers(ServerVersion.V7_0, 3)
          .patient()
          .option("repl-backlog-size", "64mb")
          .option("client-output-buffer-limit", "replica 1gb 1gb 60");

  @RegisterExtension
  static final RedisServer TARGET =
      new RedisServer(ServerVersion.V7_0).option("maxmemory-policy", "noeviction");

  @TempDir private Path folder;

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @Test
  void bothSidesAreEqualHoweverOftenTheAgentIsKilled() throws Exception {
    fill();
    AtomicBoolean writing = new AtomicBoolean(true);
    CompletableFuture<Long> writes = trickle(writing);
    try (AgentProcess agent = sync("--limit-commands", "300")) {
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

  /** As on two machines, which share nothing but the target. */
  @Test
  void twoAgentsHaveTheShardsBetweenThem() throws Exception {
    fill();
    AtomicBoolean writing = new AtomicBoolean(true);
    CompletableFuture<Long> writes = trickle(writing);
    String[] one = {"--task", "spread", "--slots", SlotRanges.of(slots(0)).toString()};
    BitSet further = slots(1);
    further.or(slots(2));
    String[] two = {"--task", "spread", "--slots", SlotRanges.of(further).toString()};
    try (AgentProcess first = at("one", one)) {
      Path log = folder.resolve("one").resolve("agent.log");
      Awaitility.await()
          .until(
              () ->
                  Files.exists(log)
                      && Files.readString(log).contains("waiting for the jobs of the task"));
      try (AgentProcess second = at("two", two)) {
        second.awaitPhase(Phase.INCREMENTAL);
        first.awaitPhase(Phase.INCREMENTAL);
        second.kill();
      }
      try (AgentProcess second = at("two", two)) {
        assertThat(second.awaitPhase(Phase.INCREMENTAL).links()).hasSize(2);
        first.kill();
        second.terminate();
        assertThat(second.exitCode()).as(second.output()).isEqualTo(130);
        assertThat(second.output()).doesNotContain("FULL_SYNC");
      }
    }
    // Gathered.
    try (AgentProcess agent = at("all", "--task", "spread")) {
      assertThat(agent.awaitPhase(Phase.INCREMENTAL).links()).hasSize(3);
      writing.set(false);
      assertThat(writes.get()).isPositive();
      long[] written = SOURCE.masters().stream().mapToLong(RedisServer::replOffset).toArray();
      agent.awaitReport(
          "all applied",
          report ->
              report.links().stream()
                  .allMatch(link -> link.appliedOffset() >= written[link.link()]));
      agent.terminate();
      assertThat(agent.exitCode()).as(agent.output()).isEqualTo(130);
      assertThat(agent.output()).doesNotContain("FULL_SYNC");
    }
    finish("--task", "spread");
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    try (RespClient target = TARGET.client()) {
      assertThat(target.list("KEYS", "cachesync:*")).isEmpty();
    }
  }

  /** As a running one does; whoever starts it again need not wait for the end of a resharding. */
  @Test
  void itWaitsWhileSlotsAreBeingMovedAsItIsStartedAgain() throws Exception {
    fill();
    try (AgentProcess agent = sync()) {
      agent.awaitPhase(Phase.INCREMENTAL);
      agent.terminate();
      assertThat(agent.exitCode()).as(agent.output()).isEqualTo(130);
    }
    int slot = slots(0).nextSetBit(0);
    RedisServer to = SOURCE.masters().get(1);
    SOURCE.beginMove(slot, to);
    try {
      try (AgentProcess agent = at("other", "--task", "another")) {
        assertThat(agent.exitCode()).as(agent.output()).isEqualTo(3);
        assertThat(agent.output()).contains("Slots of the cluster are just being moved");
      }
      try (AgentProcess agent = sync()) {
        agent.awaitReport(
            "it waits",
            report -> report.phase() == Phase.CONNECTING || report.phase() == Phase.RETRYING);
        SOURCE.moveKeys(slot, to, Integer.MAX_VALUE);
        SOURCE.endMove(slot, to);
        write();
        Map<String, Long> written =
            SOURCE.masters().stream()
                .collect(Collectors.toMap(RedisServer::address, RedisServer::replOffset));
        agent.awaitReport(
            "all applied",
            report ->
                report.phase() == Phase.INCREMENTAL
                    && report.links().stream()
                        .allMatch(link -> link.appliedOffset() >= written.get(link.source())));
        agent.terminate();
        assertThat(agent.exitCode()).as(agent.output()).isEqualTo(130);
        assertThat(agent.output())
            .contains("warning Slots of the cluster are just being moved", "it waits")
            .doesNotContain("FULL_SYNC");
      }
    } finally {
      SOURCE.close(slot);
    }
    finish();
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
  }

  private static BitSet slots(int shard) {
    RedisServer[] owners = SOURCE.owners();
    RedisServer master = SOURCE.masters().get(shard);
    BitSet slots = new BitSet();
    for (int slot = 0; slot < owners.length; slot++) {
      slots.set(slot, owners[slot] == master);
    }
    return slots;
  }

  /** No other database can be in its way. */
  @Test
  void theOneDatabaseOfAClusterBecomesAnother() throws Exception {
    fill();
    try (RespClient other = TARGET.client()) {
      other.call("SET", "another's", "1");
    }
    try (AgentProcess agent = sync("--db-map", "0:3", "--full-only")) {
      assertThat(agent.exitCode()).as(agent.output()).isZero();
    }
    try (RespClient client = TARGET.client()) {
      client.call("SELECT", "3");
      long keys = SOURCE.masters().stream().mapToLong(RedisServer::keys).sum();
      assertThat(client.number("DBSIZE")).isEqualTo(keys).isPositive();
      client.call("SELECT", "0");
      assertThat(client.number("DBSIZE")).as("what was there").isEqualTo(1);
    }
    String[] check = {"check", "--source", uri(), "--target", TARGET.uri(), "--db-map", "0:3"};
    try (AgentProcess agent = AgentProcess.start(Map.of(), check)) {
      assertThat(agent.exitCode()).as(agent.output()).isZero();
    }
    String[] server = {"--source", TARGET.uri(), "--target", TARGET.uri(), "--db-map", "0:3"};
    try (AgentProcess agent = AgentProcess.sync(server)) {
      assertThat(agent.exitCode()).as(agent.output()).isEqualTo(2);
      assertThat(agent.output()).contains("two databases of the source would become database 3");
    }
  }

  private AgentProcess at(String place, String... more) {
    List<String> args = new ArrayList<>(List.of("--source", uri(), "--target", TARGET.uri()));
    args.addAll(List.of("--work-dir", folder.resolve(place).toString()));
    args.addAll(Arrays.asList(more));
    return AgentProcess.sync(args.toArray(String[]::new));
  }

  private void finish(String... more) {
    List<String> args = new ArrayList<>(List.of("finish", "--source", uri()));
    args.addAll(List.of("--target", TARGET.uri()));
    args.addAll(Arrays.asList(more));
    try (AgentProcess finish = AgentProcess.start(Map.of(), args.toArray(String[]::new))) {
      assertThat(finish.exitCode()).as(finish.output()).isZero();
    }
  }

  private AgentProcess sync(String... more) {
    return at("work", more);
  }

  private static String uri() {
    return "redis-cluster://" + String.join(",", SOURCE.addresses());
  }

  private static void fill() throws IOException {
    try (SampleWriter writer = SampleWriter.connect(source(), "")) {
      writer.fill(KEYS, 5);
    }
  }

  private static void write() throws IOException {
    try (SampleWriter writer = SampleWriter.connect(source(), "")) {
      writer.fill(KEYS / 10, 6);
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
