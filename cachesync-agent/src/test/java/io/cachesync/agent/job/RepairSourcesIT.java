package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cachesync.agent.verify.Checked;
import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.Desired;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.JobDirective;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.JobSpec;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairReason;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairSpec;
import io.cachesync.contract.RepairedKey;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A repair of what one check of several sources together has found. */
class RepairSourcesIT {
  @RegisterExtension static final RedisServer FIRST = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer SECOND = new RedisServer(ServerVersion.V6_2);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_4);

  private static final JobSecrets NO_SECRETS = new JobSecrets("", "", "");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private final List<RepairedKey> results = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void empty() {
    Stream.of(FIRST, SECOND, TARGET).forEach(RedisServer::flush);
  }

  @Test
  void fetchesEachKeyFromTheSourceThatHasItAndRemovesWhatNoneHas() throws Exception {
    try (RespClient first = FIRST.client();
        RespClient second = SECOND.client();
        RespClient target = TARGET.client()) {
      first.call("RPUSH", "a:list", "1", "2");
      second.call("HSET", "b:hash", "f", "v");
      second.call("SELECT", "3");
      second.call("SET", "b:other", "v");
      target.call("RPUSH", "a:list", "1", "3");
      target.call("SET", "extra", "v");
      target.call("SELECT", "3");
      target.call("SET", "b:other", "more");
      target.call("SET", "extra", "v");
      chooseAllThatDiffer(5);

      RepairReport plan = repair(new RepairSpec(check(), true, true, "", "", true));
      assertThat(plan.courses())
          .containsEntry(RepairCourse.WRITE, 3L)
          .containsEntry(RepairCourse.DELETE, 2L)
          .hasSize(2);
      RepairReport last = repair(new RepairSpec(check(), true, false, "", "", true));
      assertThat(last.phase()).as("%s", last).isEqualTo(RepairPhase.DONE);
      assertThat(last.courses()).isEqualTo(plan.courses());
      assertThat(last.done()).isEqualTo(5);
      assertThat(last.check().differentKeys()).isZero();
      assertThat(last.check().moreSources()).hasSize(1);
      assertThat(last.check().settled().get(0).keysCompared()).isEqualTo(5);
      assertThat(Checked.between(FIRST, TARGET).and(SECOND).run().differences()).isEmpty();
      target.call("SELECT", "0");
      assertThat(target.list("LRANGE", "a:list", "0", "-1")).containsExactly("1", "2");

      UndoRunner.run(folder.resolve("undo"), endpoint(TARGET), EndpointSecrets.of(""), key -> {});
      assertThat(target.list("LRANGE", "a:list", "0", "-1")).containsExactly("1", "3");
      assertThat(target.text("GET", "extra")).isEqualTo("v");
      assertThat(target.call("EXISTS", "b:hash")).isEqualTo(0L);
    }
  }

  @Test
  void leavesAKeyThatTwoSourcesHave() throws Exception {
    try (RespClient first = FIRST.client();
        RespClient second = SECOND.client();
        RespClient target = TARGET.client()) {
      first.call("SET", "both", "1");
      second.call("SET", "both", "2");
      target.call("SET", "both", "2");
      chooseAllThatDiffer(1);
      RepairReport last = repair(new RepairSpec(check(), true, false, "", "", true));
      assertThat(last.courses()).containsOnlyKeys(RepairCourse.FAIL);
      assertThat(results)
          .singleElement()
          .extracting(RepairedKey::error)
          .asString()
          .startsWith(FIRST.address() + " and " + SECOND.address() + " have it");
      assertThat(results)
          .extracting(RepairedKey::reason, RepairedKey::detail)
          .containsExactly(
              tuple(RepairReason.SEVERAL_SOURCES, FIRST.address() + ", " + SECOND.address()));
      assertThat(last.check().differentKeys()).isOne();
      assertThat(target.text("GET", "both")).isEqualTo("2");
    }
  }

  /** Who may not look into a database knows nothing of what is there. */
  @Test
  void removesNothingWhereASourceDoesNotLetItLook() throws Exception {
    try (RespClient second = SECOND.client();
        RespClient target = TARGET.client()) {
      second.call("SET", "key", "v");
      target.call("SET", "key", "w");
      chooseAllThatDiffer(1);
      second.call("ACL", "SETUSER", "one", "on", ">p", "~*", "+@all", "-select");
      RedisEndpoint login =
          new RedisEndpoint(Topology.STANDALONE, List.of(SECOND.address()), "one", null);
      JobSecrets secrets =
          JobSecrets.of(
              List.of(EndpointSecrets.of(""), EndpointSecrets.of("p")), EndpointSecrets.of(""));
      CheckSpec check = check().ofSource(0).and(List.of(login));
      for (boolean dryRun : new boolean[] {true, false}) {
        RepairSpec spec = new RepairSpec(check, true, dryRun, "", "", false);
        RepairReport last = repair(spec, secrets);
        assertThat(last.courses()).isEmpty();
        assertThat(last.phase()).isEqualTo(RepairPhase.FAILED);
        assertThat(last.fault().message()).contains("NOPERM");
      }
      assertThat(target.text("GET", "key")).isEqualTo("w");
      second.call("ACL", "DELUSER", "one");
    }
  }

  @Test
  void aSourceThatHasFewerDatabasesHasNothingInTheOthers() throws Exception {
    try (RedisServer few = new RedisServer(ServerVersion.V6_2).option("databases", "2").start();
        RespClient first = FIRST.client();
        RespClient target = TARGET.client()) {
      first.call("SELECT", "3");
      first.call("SET", "key", "v");
      target.call("SELECT", "3");
      target.call("SET", "key", "w");
      chooseAllThatDiffer(1);
      CheckSpec check = check().ofSource(0).and(List.of(endpoint(few)));
      RepairReport last = repair(new RepairSpec(check, true, false, "", "", false));
      assertThat(last.courses()).containsOnlyKeys(RepairCourse.WRITE);
      assertThat(target.text("GET", "key")).isEqualTo("v");
    }
  }

  @Test
  void isDoneByTheLinkOfTheSourceWithinARunningTask() throws Exception {
    JobDirectory directory = JobDirectory.create(folder.resolve("task"));
    directory.writePid();
    AtomicReference<JobReport> status = new AtomicReference<>();
    JobSpec job = new JobSpec("task", 1, sync(), null, StartSpec.fresh());
    try (JobLog log = new JobLog(directory.logFile(), Clock.systemUTC());
        RespClient first = FIRST.client();
        RespClient second = SECOND.client();
        RespClient target = TARGET.client()) {
      JobRun run = JobRun.of(job, NO_SECRETS, directory, log, Clock.systemUTC());
      first.call("SET", "a", "right");
      second.call("SET", "b", "right");
      CompletableFuture<JobReport> end = CompletableFuture.supplyAsync(() -> run(run, status));
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> status.get() != null && status.get().phase() == Phase.INCREMENTAL);
      target.call("SET", "a", "wrong");
      target.call("SET", "b", "wrong");
      target.call("SET", "extra", "x");
      chooseAllThatDiffer(3);

      String within = directory.path().toString();
      RepairReport plan = repair(new RepairSpec(check(), true, true, within, "", true));
      RepairReport last = repair(new RepairSpec(check(), true, false, within, "", true));
      assertThat(last.phase()).as("%s", last).isEqualTo(RepairPhase.DONE);
      assertThat(last.courses()).isEqualTo(plan.courses());
      assertThat(results)
          .extracting(RepairedKey::key, RepairedKey::course)
          .containsExactlyInAnyOrder(
              tuple("a", RepairCourse.WRITE),
              tuple("b", RepairCourse.WRITE),
              tuple("extra", RepairCourse.LEAVE));
      assertThat(results)
          .extracting(RepairedKey::error)
          .anyMatch(error -> error.contains("Finish the task, then repair"));
      assertThat(results)
          .extracting(RepairedKey::reason)
          .containsOnly(null, RepairReason.NOT_WITHIN_TASK);
      assertThat(last.done()).isEqualTo(3);
      assertThat(last.check().differentKeys()).isOne();
      assertThat(target.text("GET", "a")).isEqualTo("right");
      assertThat(target.text("GET", "b")).isEqualTo("right");
      assertThat(directory.path().resolve("repairs")).isEmptyDirectory();

      run.direct(new JobDirective(Desired.FINISH, null, 0));
      assertThat(end.join().phase()).isEqualTo(Phase.DONE);
      RepairReport behind = repair(new RepairSpec(check(), true, false, "", "", true));
      assertThat(behind.keys(RepairCourse.DELETE)).isOne();
      assertThat(Checked.between(FIRST, TARGET).and(SECOND).run().differences()).isEmpty();
    }
  }

  @Test
  void takesAKeyThatItsListShowsInPart() throws Exception {
    String name = "n".repeat(3000);
    try (RespClient second = SECOND.client();
        RespClient target = TARGET.client()) {
      second.call("SET", name, "right");
      LongNames names = new LongNames();
      List<CheckDifference> found =
          Checked.between(FIRST, TARGET).and(SECOND).run().differences().stream()
              .map(names::bounded)
              .toList();
      assertThat(found)
          .singleElement()
          .extracting(CheckDifference::key)
          .isEqualTo(NamedKey.shown(name));
      Files.write(folder.resolve("keys"), found.stream().map(ContractJson::write).toList());
      RepairReport last = repair(new RepairSpec(check(), false, false, "", "", true));
      assertThat(last.keys(RepairCourse.WRITE)).isOne();
      assertThat(target.text("GET", name)).isEqualTo("right");
    }
  }

  private void chooseAllThatDiffer(long keys) throws Exception {
    Checked checked = Checked.between(FIRST, TARGET).and(SECOND).run();
    assertThat(checked.report().differentKeys()).isEqualTo(keys);
    Files.write(
        folder.resolve("keys"), checked.differences().stream().map(ContractJson::write).toList());
  }

  private RepairReport repair(RepairSpec spec) throws InterruptedException {
    return repair(spec, NO_SECRETS);
  }

  private RepairReport repair(RepairSpec spec, JobSecrets secrets) throws InterruptedException {
    results.clear();
    RepairRunner.Files files =
        new RepairRunner.Files(
            () -> RepairRunner.keysIn(folder.resolve("keys")),
            folder.resolve("undo"),
            results::add);
    return new RepairRunner(spec, secrets, "r1", files, none -> {}, Clock.systemUTC())
        .run(report -> {});
  }

  private static CheckSpec check() {
    CheckSpec one =
        CheckSpec.between(endpoint(FIRST), endpoint(TARGET)).rounds(2).pauseMillis(100).build();
    return one.and(List.of(endpoint(SECOND)));
  }

  private static RedisEndpoint endpoint(RedisServer server) {
    return new RedisEndpoint(Topology.STANDALONE, List.of(server.address()), "", null);
  }

  private static SyncSpec sync() {
    return SyncSpec.of("task", endpoint(FIRST), endpoint(TARGET))
        .moreSources(List.of(endpoint(SECOND)))
        .build();
  }

  private static JobReport run(JobRun run, AtomicReference<JobReport> status) {
    try {
      return run.run(
          List.of(
              new ReportSink() {
                @Override
                public void accept(JobReport report) {
                  status.set(report);
                }

                @Override
                public void close() {}
              }));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
