package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.job.ContractJson;
import io.cachesync.agent.job.JobExit;
import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.JobSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A check whose process is killed in the middle. */
class CheckResumeIT {
  private static final int KEYS = 60_000;
  private static final int PAGES = KEYS / 512;

  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_4);

  @TempDir private Path folder;
  private Path job;
  private long incarnation;

  @BeforeEach
  void plant() {
    job = folder.resolve("job");
    for (RedisServer server : List.of(SOURCE, TARGET)) {
      server.flush();
      List<String[]> commands = new ArrayList<>();
      for (int i = 0; i < KEYS; i++) {
        commands.add(new String[] {"SET", "key:" + i, "value"});
      }
      server.pipeline(commands);
    }
    try (RespClient client = TARGET.client()) {
      for (int i = 0; i < KEYS; i += KEYS / 100) {
        client.call("SET", "key:" + i, "spoilt");
      }
      client.call("SET", "extra", "v");
    }
  }

  @Test
  void goesOnWhereItWasWhenItIsKilledInItsFirstRound() throws Exception {
    killedOnceItHasKeptHowFarItIs(new LimitSpec(0, KEYS / 20));
    long pages = pages(SOURCE);

    CheckReport report = finished();

    assertThat(report.resumes()).isEqualTo(1);
    assertThat(report.settled().get(0).keysCompared()).isEqualTo(KEYS);
    assertThat(pages(SOURCE) - pages).as("pages read by the second").isLessThan(PAGES * 9 / 10);
    // Which round it tells hangs on how far it is when it first reports.
    assertThat(log()).contains("Goes on where a former process of this check was: round ");
    assertThat(job.resolve("check")).doesNotExist();
    assertFound(report);
  }

  @Test
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void beginsAServerAnewThatIsAnotherOneNow() throws Exception {
    killedOnceItHasKeptHowFarItIs(new LimitSpec(0, KEYS / 20));
    SOURCE.restart();
    CheckReport report = finished();
    assertThat(report.resumes()).isEqualTo(1);
    assertThat(report.settled().get(0).keysCompared()).isGreaterThan(KEYS);
    assertFound(report);
  }

  @Test
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void tellsNothingTwiceHoweverOftenItIsKilled() throws Exception {
    int kills = 0;
    for (long rate = KEYS / 16; kills < 6; rate += KEYS / 16) {
      start(new LimitSpec(0, rate)).close(3_000 + 900L * kills);
      kills++;
    }
    assertFound(finished());
  }

  @Test
  void beginsFromItsBeginningWhereWhatWasKeptCannotBeRead() throws Exception {
    Files.createDirectories(job.resolve("check"));
    Files.write(job.resolve("check/state"), new byte[] {0, 0, 0, 1, 2, 3});
    CheckReport report = finished();
    assertThat(report.resumes()).isZero();
    assertThat(job.resolve("agent.log")).content().contains("cannot be used, all is compared anew");
    assertFound(report);
  }

  private void killedOnceItHasKeptHowFarItIs(LimitSpec limits) throws IOException {
    long before = pages(SOURCE);
    try (AgentProcess agent = start(limits).agent()) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .failFast(() -> !agent.isAlive())
          .until(() -> pages(SOURCE) - before >= PAGES / 6);
      Instant then = Instant.now();
      Path state = job.resolve("check/state");
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .failFast(() -> !agent.isAlive())
          .until(() -> Files.exists(state) && modified(state).isAfter(then));
      agent.kill();
    }
    assertThat(job.resolve("exit.json")).doesNotExist();
  }

  private static Instant modified(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toInstant();
  }

  private CheckReport finished() throws IOException {
    try (AgentProcess agent = start(LimitSpec.none()).agent()) {
      agent.exitCode();
    }
    JobExit exit = ContractJson.read(Files.readString(job.resolve("exit.json")), JobExit.class);
    assertThat(exit.report().check().phase()).isEqualTo(CheckPhase.DONE);
    return exit.report().check();
  }

  private Running start(LimitSpec limits) throws IOException {
    CheckSpec check =
        CheckSpec.between(endpoint(SOURCE), endpoint(TARGET))
            .mode(CheckMode.FULL)
            .rounds(2)
            .pauseMillis(100)
            .samplePercent(100)
            .bothDirections(true)
            .parallel(2)
            .sourceLimits(limits)
            .targetLimits(limits)
            .build();
    Files.createDirectories(job);
    Files.writeString(
        job.resolve("job.json"),
        ContractJson.write(new JobSpec("check-1", ++incarnation, check, null)));
    Files.writeString(job.resolve("secrets.json"), ContractJson.write(new JobSecrets("", "", "")));
    return new Running(AgentProcess.start(Map.of(), "run", job.toString()));
  }

  private void assertFound(CheckReport report) throws IOException {
    List<String> planted =
        Stream.concat(
                IntStream.range(0, 100).mapToObj(i -> "key:" + i * (KEYS / 100)),
                Stream.of("extra"))
            .toList();
    List<String> told =
        Files.readAllLines(job.resolve("differences.jsonl")).stream()
            .map(line -> ContractJson.read(line, CheckDifference.class).key())
            .toList();
    assertThat(told).doesNotHaveDuplicates();
    assertThat(new TreeSet<>(told)).isEqualTo(new TreeSet<>(planted));
    assertThat(report.differentKeys()).isEqualTo(101);
  }

  private String log() throws IOException {
    return Files.readString(job.resolve("agent.log"));
  }

  private static long pages(RedisServer server) {
    try (RespClient client = server.client()) {
      return client.calls("scan");
    }
  }

  private static RedisEndpoint endpoint(RedisServer server) {
    return new RedisEndpoint(Topology.STANDALONE, List.of(server.address()), "", null);
  }

  /** An agent that runs. */
  private record Running(AgentProcess agent) {
    /** Kills it after so long, or lets it be over by itself. */
    private void close(long millis) {
      Awaitility.await().pollDelay(Duration.ofMillis(millis)).until(() -> true);
      agent.kill();
      agent.close();
    }
  }
}
