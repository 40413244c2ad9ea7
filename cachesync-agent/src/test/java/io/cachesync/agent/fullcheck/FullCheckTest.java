package io.cachesync.agent.fullcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.FullCheckObstacle;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.KeyRename;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullCheckTest {
  private static final JobSecrets SECRETS = new JobSecrets("", "s3cret", "t4rget");

  @TempDir private Path folder;
  @TempDir private Path work;
  private StandIn standIn;
  private final List<CheckDifference> found = new CopyOnWriteArrayList<>();
  private final List<String> log = new CopyOnWriteArrayList<>();

  @BeforeEach
  void place() {
    standIn = new StandIn(folder);
  }

  @Test
  void readsWhatTheLastRoundFoundWhateverItsExitCodeSays() throws IOException {
    CheckReport end = check(spec(FilterSpec.everything())).run();
    assertThat(end.phase()).isEqualTo(CheckPhase.DONE);
    assertThat(end.differentKeys()).isEqualTo(5);
    assertThat(end.settled()).extracting(CheckReport.Round::round).containsExactly(1, 2);
    assertThat(end.settled().get(0).keysCompared()).isEqualTo(5);
    assertThat(end.differencesByKind())
        .containsOnlyKeys(
            DifferenceKind.VALUE,
            DifferenceKind.MISSING,
            DifferenceKind.FIELD_VALUE,
            DifferenceKind.MEMBER_MISSING,
            DifferenceKind.TYPE);
    assertThat(end.differencesByType()).containsEntry("string", 2L).containsEntry("zset", 1L);
    assertThat(found)
        .extracting(CheckDifference::key, CheckDifference::kind, CheckDifference::field)
        .contains(
            tuple("user", DifferenceKind.FIELD_VALUE, "name"),
            tuple("board", DifferenceKind.MEMBER_MISSING, "ann"));
    assertThat(log).contains("times:2, db:0, dbkeys:5, finish:33%, finished:true");
    try (Stream<Path> left = Files.list(work)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void givesItWhatWasAskedFor() throws IOException {
    FilterSpec filter =
        new FilterSpec(
            List.of(0, 5),
            null,
            null,
            List.of("user:*", "flag"),
            null,
            null,
            null,
            null,
            null,
            false);
    check(spec(filter)).run();
    assertThat(standIn.seen("arguments").lines())
        .containsExactly(
            "-s",
            "10.0.0.1:6379",
            "--sourcedbtype=0",
            "-t",
            "10.0.0.2:6379",
            "--targetdbtype=0",
            "-m",
            "1",
            "--comparetimes=2",
            "--interval=1",
            "--parallel=3",
            "--bigkeythreshold=16384",
            "--qps=900",
            "-d",
            "result.db",
            "--sourcedbfilterlist=0;5",
            "--targetdbfilterlist=0;5",
            "-f",
            "user:*|flag",
            "-a",
            "t4rget",
            "-p",
            "app:s3cret");
  }

  @Test
  void putsPasswordsNowhereButWhereItTakesThem() throws IOException {
    assertThat(FullCheckCommand.of(spec(FilterSpec.everything())))
        .noneMatch(argument -> argument.contains("s3cret") || argument.contains("t4rget"));
    check(spec(FilterSpec.everything())).run();
    assertThat(standIn.seen("environment")).doesNotContain("s3cret", "t4rget");
    assertThat(log)
        .anyMatch(line -> line.contains("password:app:***"))
        .noneMatch(line -> line.contains("s3cret") || line.contains("t4rget"));
  }

  @Test
  void tellsAnExitCodeFromAVerdict() throws IOException {
    standIn.be("broken");
    CheckReport end = check(spec(FilterSpec.everything())).run();
    assertThat(end.phase()).isEqualTo(CheckPhase.FAILED);
    assertThat(end.fault().code()).isEqualTo(FaultCode.TOOL_FAILED);
    assertThat(end.fault().message())
        .contains("exit code 2", "panic: index out of range")
        .doesNotContain("s3cret");
    assertThat(found).isEmpty();
  }

  @Test
  void doesNotTakeAnEndWithoutAResultForEqual() throws IOException {
    standIn.be("silent");
    CheckReport end = check(spec(FilterSpec.everything())).run();
    assertThat(end.phase()).isEqualTo(CheckPhase.FAILED);
    assertThat(end.fault().message()).contains("without a result of round 2");
  }

  @Test
  void saysThatItIsNotThere() {
    CheckSpec spec =
        StandIn.spec(folder.resolve("nowhere"), end("10.0.0.1:6379"), end("10.0.0.2:6379"));
    assertThat(check(spec).run().fault().message()).contains("exit code 127");
  }

  @Test
  void endsTheProgramWhenItIsStopped() throws Exception {
    standIn.be("slow");
    FullCheck check = check(spec(FilterSpec.everything()));
    CompletableFuture<CheckReport> end = CompletableFuture.supplyAsync(check::run);
    await().until(() -> check.report().round() == 1);
    assertThat(check.report().phase()).isEqualTo(CheckPhase.COMPARING);
    assertThat(check.report().percent()).isEqualTo(33);
    long pid = Long.parseLong(standIn.seen("pid"));
    check.stop();
    assertThat(end.get(60, TimeUnit.SECONDS).phase()).isEqualTo(CheckPhase.STOPPED);
    await().until(() -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), is -> !is);
  }

  @Test
  void endsAProgramThatDoesNotObey() throws Exception {
    standIn.be("deaf");
    standIn.be("slow");
    FullCheck check =
        new FullCheck(
            spec(FilterSpec.everything()),
            SECRETS,
            work,
            found::add,
            log::add,
            Clock.systemUTC(),
            Duration.ofMillis(300));
    CompletableFuture<CheckReport> end = CompletableFuture.supplyAsync(check::run);
    await().until(() -> check.report().round() == 1);
    long pid = Long.parseLong(standIn.seen("pid"));
    check.stop();
    try {
      assertThat(end.get(60, TimeUnit.SECONDS).phase()).isEqualTo(CheckPhase.STOPPED);
      await()
          .until(() -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), is -> !is);
    } finally {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void startsNothingThatItCannotDo() {
    RedisEndpoint sentinel =
        new RedisEndpoint(Topology.SENTINEL, List.of("10.0.0.1:26379"), "", null, Map.of(), "main");
    assertThat(FullCheckObstacle.of(sentinel)).contains(FullCheckObstacle.SENTINEL);
    CheckReport end = check(StandIn.spec(standIn.program(), sentinel, end("10.0.0.2:6379"))).run();
    assertThat(end.fault().code()).isEqualTo(FaultCode.TOOL_FAILED);
    assertThat(standIn.hasBegun()).isFalse();
    assertThat(
            FullCheckObstacle.of(
                spec(
                    new FilterSpec(
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        List.of(new KeyRename("a:", "b:")),
                        false))))
        .contains(FullCheckObstacle.FILTER);
    for (String pattern : List.of("a*b", "a?", "[ab]", "a|b", "*")) {
      assertThat(FullCheckObstacle.of(spec(keys(pattern)))).as(pattern).isPresent();
    }
    assertThat(FullCheckObstacle.of(spec(keys("user:*")))).isEqualTo(Optional.empty());
    assertThat(FullCheckObstacle.ofPassword("a:b")).contains(FullCheckObstacle.COLON);
  }

  private static FilterSpec keys(String pattern) {
    return new FilterSpec(null, null, null, List.of(pattern), null, null, null, null, null, false);
  }

  private FullCheck check(CheckSpec spec) {
    return new FullCheck(spec, SECRETS, work, found::add, log::add, Clock.systemUTC());
  }

  private CheckSpec spec(FilterSpec filter) {
    return StandIn.spec(
        standIn.program(), StandIn.end("10.0.0.1:6379", "app"), end("10.0.0.2:6379"), filter);
  }

  private static RedisEndpoint end(String address) {
    return StandIn.end(address, "");
  }
}
