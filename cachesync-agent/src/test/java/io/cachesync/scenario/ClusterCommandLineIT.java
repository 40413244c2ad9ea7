package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.sample.SampleWriter;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.LinkStatus;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One server into a cluster, as a person at a shell does it. */
class ClusterCommandLineIT {
  private static final long KEYS = 3_000;

  @RegisterExtension
  static final RedisServer SOURCE =
      new RedisServer(ServerVersion.V7_0)
          .option("databases", "1")
          .option("repl-backlog-size", "64mb");

  @RegisterExtension
  static final ClusterServers TARGET = new ClusterServers(ServerVersion.V7_0, 3).patient();

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
    for (int kill = 0; kill < 2; kill++) {
      try (AgentProcess agent = sync("--skip-precheck", "--limit-commands", "300")) {
        agent.awaitReport(
            "a full sync", report -> report.phase() == Phase.FULL_SYNC && keysApplied(report) > 0);
        agent.kill();
        assertThat(agent.lastReport().phase()).isEqualTo(Phase.FULL_SYNC);
      }
    }
    for (int kill = 0; kill < 3; kill++) {
      try (AgentProcess agent = sync("--skip-precheck")) {
        agent.awaitPhase(Phase.INCREMENTAL);
        agent.awaitApplied(SOURCE.replOffset());
        agent.kill();
        assertThat(agent.lastReport().phase()).isEqualTo(Phase.INCREMENTAL);
      }
    }
    try (AgentProcess agent = sync("--skip-precheck")) {
      agent.awaitPhase(Phase.INCREMENTAL);
      writing.set(false);
      assertThat(writes.get()).isPositive();
      stop(agent);
      assertThat(agent.reports())
          .extracting(JobReport::phase)
          .doesNotContain(Phase.FULL_SYNC_WAITING, Phase.FULL_SYNC);
    }
    finish();
    assertEqual();
  }

  @Test
  void whatIsStoppedIsContinuedBegunAfreshAndFinishedFromUnderAWriter() throws Exception {
    fill();
    try (AgentProcess agent = sync()) {
      agent.awaitPhase(Phase.INCREMENTAL);
      stop(agent);
    }
    write("between");
    try (AgentProcess agent = sync()) {
      agent.awaitPhase(Phase.INCREMENTAL);
      stop(agent);
      assertThat(agent.reports())
          .extracting(JobReport::phase)
          .doesNotContain(Phase.FULL_SYNC_WAITING, Phase.FULL_SYNC);
    }
    try (RespClient client = SOURCE.client()) {
      client.call("DEL", "between");
    }
    try (AgentProcess agent = sync("--afresh", "--skip-precheck")) {
      agent.awaitPhase(Phase.INCREMENTAL);
      agent.awaitApplied(SOURCE.replOffset());
      // Not by the phases that were told: those of little data may pass between two reports.
      assertThat(keysApplied(agent.lastReport())).as("in a full sync").isPositive();
      assertThat(finish()).contains("connections of running writers").doesNotContain("; 0 conn");
      assertThat(agent.exitCode()).as(agent.output()).isEqualTo(1);
    }
    assertEqual();
  }

  @Test
  void aClusterThatIsNotEmptyIsRefusedUnlessItsKeysMayBeReplaced() throws Exception {
    fill();
    try (RespClient client = TARGET.ownerOf(ClusterServers.slot("theirs")).client()) {
      client.call("SET", "theirs", "1");
    }
    for (String[] extra : new String[][] {{}, {"--skip-precheck"}}) {
      try (AgentProcess agent = sync(extra)) {
        assertThat(agent.exitCode()).as(agent.output()).isEqualTo(3);
        assertThat(agent.output()).contains("not empty");
      }
      assertThat(TARGET.keys()).isEqualTo(1);
    }
    try (AgentProcess agent = sync("--on-exists", "replace", "--full-only")) {
      assertThat(agent.exitCode()).as(agent.output()).isZero();
    }
    assertThat(TARGET.keys()).isEqualTo(SOURCE.keys() + 1);
  }

  @Test
  void aSecondTaskIsRefusedAndTheFirstGoesOn() throws Exception {
    fill();
    try (AgentProcess first = sync("--task", "first")) {
      first.awaitPhase(Phase.INCREMENTAL);
      try (AgentProcess second =
          sync("--task", "second", "--on-exists", "replace", "--skip-precheck")) {
        assertThat(second.exitCode()).as(second.output()).isEqualTo(3);
        assertThat(second.output()).contains("TARGET_TASK_CONFLICT", "first");
      }
      write("more");
      first.awaitApplied(SOURCE.replOffset());
      stop(first);
    }
  }

  @Test
  void aClusterIsCopiedContinuedAndFinished() throws Exception {
    try (RedisServer server = new RedisServer(ServerVersion.V7_0).start()) {
      String[] ends = {"--source", uri(TARGET), "--target", server.uri()};
      generate(2_000);
      for (boolean first : new boolean[] {true, false}) {
        try (AgentProcess agent = sync(ends, first ? "--progress=plain" : "--skip-precheck")) {
          agent.awaitPhase(Phase.INCREMENTAL);
          generate(0);
          Awaitility.await()
              .atMost(Duration.ofSeconds(60))
              .until(() -> DatasetComparer.compare(server, TARGET).isEmpty());
          agent.terminate();
          assertThat(agent.exitCode()).as(agent.output()).isEqualTo(130);
          assertThat(keysApplied(agent.lastReport()) > 0).as("in a full sync").isEqualTo(first);
        }
      }
      assertSays("Removed", 0, "finish", ends[0], ends[1], ends[2], ends[3]);
      assertThat(server.keys()).isEqualTo(TARGET.keys());
    }
  }

  private void generate(long keys) {
    String[] args = {"generate", "--target", uri(TARGET), "--keys", Long.toString(keys)};
    String[] trickle = {"--rate", "2000", "--seconds", "1"};
    assertSays("Wrote", 0, Stream.of(args, trickle).flatMap(Arrays::stream).toArray(String[]::new));
  }

  @Test
  void aSlotThatStaysOpenIsToldByItsNumber() throws Exception {
    fill();
    RedisServer to = TARGET.masters().get(2);
    TARGET.beginMove(77, to);
    try (AgentProcess agent = sync("--skip-precheck")) {
      try {
        // It tries in between, with the fault of the last time.
        JobReport report =
            agent.awaitReport(
                "why it waits", told -> told.fault() != null && told.phase() == Phase.RETRYING);
        assertThat(report.fault().code()).isEqualTo(FaultCode.CLUSTER_DOWN);
        assertThat(report.fault().message()).contains("slot 77 is being moved");
      } finally {
        TARGET.endMove(77, to);
      }
      agent.awaitPhase(Phase.INCREMENTAL);
      stop(agent);
    }
  }

  @Test
  void oneThatIsTooOldIsRefusedWithoutATrace() {
    try (ClusterServers old = new ClusterServers(ServerVersion.V3_2, 1).start();
        AgentProcess agent = syncTo(uri(old), "--skip-precheck")) {
      assertThat(agent.exitCode()).as(agent.output()).isEqualTo(1);
      assertThat(agent.output()).contains("VERSION_TOO_OLD", "6.0");
      assertThat(old.keys()).isZero();
    }
  }

  @Test
  void whatIsNoClusterAndWhatIsOneAreToldApart() {
    String node = TARGET.nodes().get(0).uri();
    String server = "redis-cluster://" + SOURCE.address();
    assertSays(
        "redis-cluster://",
        3,
        "sync",
        "--source",
        SOURCE.uri(),
        "--target",
        node,
        "--skip-precheck");
    assertSays("redis-cluster://", 1, "finish", "--task", "t", "--target", node);
    assertSays("redis-cluster://", 1, "generate", "--keys", "1", "--target", node);
    assertSays("NOT_A_CLUSTER", 1, "finish", "--task", "t", "--target", server);
    assertSays("one database", 2, "finish", "--task", "t", "--target", uri(TARGET) + "/3");
    assertSays(
        "redis-cluster://",
        2,
        "finish",
        "--task",
        "t",
        "--target",
        SOURCE.uri(),
        "--target-address-map",
        "a:1=b:2");
    assertSays(
        "reachable",
        2,
        "finish",
        "--task",
        "t",
        "--target",
        uri(TARGET),
        "--target-address-map",
        "a:1");
  }

  @Test
  void nodesAreReachedWhereTheAddressMapSays() {
    String announced = TARGET.nodes().get(1).address();
    String nowhere = "127.0.0.1:" + RedisServer.freePort();
    assertSays(
        nowhere,
        4,
        "finish",
        "--task",
        "t",
        "--target",
        uri(TARGET),
        "--target-address-map",
        announced + "=" + nowhere);
  }

  @Test
  void sampleDataIsSpreadOverAllMasters() {
    assertSays(
        "Wrote about",
        0,
        "generate",
        "--target",
        uri(TARGET),
        "--keys",
        "2000",
        "--rate",
        "3000",
        "--seconds",
        "1");
    assertThat(TARGET.masters()).allMatch(master -> master.keys() > 400);
  }

  private void assertSays(String expected, int code, String... args) {
    try (AgentProcess agent = AgentProcess.start(Map.of(), args)) {
      assertThat(agent.exitCode()).as(agent.output()).isEqualTo(code);
      assertThat(agent.output()).contains(expected);
    }
  }

  private static void stop(AgentProcess agent) {
    agent.awaitApplied(SOURCE.replOffset());
    agent.terminate();
    assertThat(agent.exitCode()).as(agent.output()).isEqualTo(130);
    assertThat(agent.lastReport().phase()).isEqualTo(Phase.STOPPED);
  }

  private static String finish() {
    try (AgentProcess finish =
        AgentProcess.start(Map.of(), "finish", "--source", SOURCE.uri(), "--target", uri(TARGET))) {
      assertThat(finish.exitCode()).as(finish.output()).isZero();
      return finish.output();
    }
  }

  private static void assertEqual() {
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    assertThat(TARGET.keys()).as("keys of ours").isEqualTo(SOURCE.keys());
  }

  private static long keysApplied(JobReport report) {
    return report.links().stream().mapToLong(LinkStatus::keysApplied).sum();
  }

  private AgentProcess sync(String... more) {
    return syncTo(uri(TARGET), more);
  }

  private AgentProcess syncTo(String target, String... more) {
    return sync(new String[] {"--source", SOURCE.uri(), "--target", target}, more);
  }

  private AgentProcess sync(String[] ends, String... more) {
    List<String> args = new ArrayList<>(List.of(ends));
    String place = Arrays.asList(more).contains("second") ? "second" : "work";
    args.addAll(List.of("--work-dir", folder.resolve(place).toString()));
    args.addAll(Arrays.asList(more));
    return AgentProcess.sync(args.toArray(String[]::new));
  }

  private static String uri(ClusterServers cluster) {
    return "redis-cluster://" + String.join(",", cluster.addresses());
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
            return writer.trickle(KEYS, 5, 1000, writing::get);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static void write(String key) {
    try (RespClient client = SOURCE.client()) {
      client.call("SET", key, "1");
    }
  }

  private static RedisEndpoint source() {
    return new RedisEndpoint(Topology.STANDALONE, List.of(SOURCE.address()), "", null);
  }
}
