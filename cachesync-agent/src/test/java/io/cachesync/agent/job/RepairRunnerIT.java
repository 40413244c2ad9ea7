package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.agent.repair.DirectRepair;
import io.cachesync.agent.repair.RepairPiece;
import io.cachesync.agent.repair.Undo;
import io.cachesync.agent.verify.Checked;
import io.cachesync.agent.verify.Damages;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.Desired;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.FormerValue;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.JobDirective;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.JobSpec;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairSpec;
import io.cachesync.contract.RepairedKey;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A repair from the result of a check to the comparison behind it, and back again. */
class RepairRunnerIT {
  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_4);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_4);

  private static final JobSecrets NO_SECRETS = new JobSecrets("", "", "");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private final List<RepairedKey> results = Collections.synchronizedList(new ArrayList<>());
  private RedisEndpoint source = endpoint(SOURCE);
  private RedisEndpoint target = endpoint(TARGET);

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @Test
  void repairsEveryDamageAndPutsItBack() throws Exception {
    long planted = Damages.plantAll(SOURCE, TARGET);
    chooseAllThatDiffer(planted);
    String spoilt = TARGET.digest();

    RepairReport plan = repair(new RepairSpec(check(), true, true, "", "", true));
    assertThat(plan.phase()).isEqualTo(RepairPhase.DONE);
    assertThat(plan.courses()).containsOnlyKeys(RepairCourse.WRITE, RepairCourse.DELETE);
    assertThat(plan.done()).isEqualTo(planted);
    assertThat(TARGET.digest()).isEqualTo(spoilt);
    assertThat(folder.resolve("undo")).doesNotExist();

    RepairReport last = repair(new RepairSpec(check(), true, false, "", "", true));
    assertThat(last.phase()).as("%s", last).isEqualTo(RepairPhase.DONE);
    assertThat(last.courses()).isEqualTo(plan.courses());
    assertThat(last.check().differentKeys()).isZero();
    assertThat(last.check().settled().get(0).keysCompared()).isEqualTo(planted);
    assertThat(Checked.between(SOURCE, TARGET).run().differences()).isEmpty();

    Map<RepairCourse, Long> undone =
        UndoRunner.run(folder.resolve("undo"), target, EndpointSecrets.of(""), results::add);
    assertThat(undone.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(planted);
    assertThat(undone).doesNotContainKey(RepairCourse.FAIL);
    assertThat(TARGET.digest()).isEqualTo(spoilt);
  }

  private void chooseAllThatDiffer(long keys) throws IOException {
    Checked checked = Checked.between(SOURCE, TARGET).run();
    assertThat(checked.report().differentKeys()).isEqualTo(keys).isGreaterThan(40);
    Files.write(
        folder.resolve("keys"), checked.differences().stream().map(ContractJson::write).toList());
  }

  private void choose(String... keys) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String key : keys) {
      lines.add(ContractJson.write(named(key)));
    }
    Files.write(folder.resolve("keys"), lines);
  }

  private static NamedKey named(String key) {
    return NamedKey.of(0, key.getBytes(StandardCharsets.ISO_8859_1));
  }

  private RepairReport repair(RepairSpec spec) throws InterruptedException {
    results.clear();
    RepairRunner.Files files =
        new RepairRunner.Files(
            () -> RepairRunner.keysIn(folder.resolve("keys")),
            folder.resolve("undo"),
            results::add);
    return new RepairRunner(spec, NO_SECRETS, "r1", files, none -> {}, Clock.systemUTC())
        .run(report -> {});
  }

  private CheckSpec check() {
    return CheckSpec.between(source, target).rounds(2).pauseMillis(100).build();
  }

  private static RedisEndpoint endpoint(RedisServer server) {
    return new RedisEndpoint(Topology.STANDALONE, List.of(server.address()), "", null);
  }

  private Map<String, RepairCourse> courses() {
    return results.stream().collect(Collectors.toMap(RepairedKey::key, RepairedKey::course));
  }

  @Test
  void leavesWhatWasNotChosenAndTellsIt() throws Exception {
    try (RespClient from = SOURCE.client();
        RespClient to = TARGET.client()) {
      from.call("SET", "\u00ff\u0000bytes", "x");
      to.call("SET", "extra", "y");
      choose("\u00ff\u0000bytes", "extra", "nowhere", "cachesync:ours");
      RepairReport last = repair(new RepairSpec(check(), false, false, "", "", true));
      assertThat(courses())
          .containsEntry("\\xff\\x00bytes", RepairCourse.WRITE)
          .containsEntry("extra", RepairCourse.LEAVE)
          .containsEntry("nowhere", RepairCourse.GONE)
          .containsEntry("cachesync:ours", RepairCourse.NOT_MOVED);
      assertThat(last.check().differentKeys()).isEqualTo(1);
      assertThat(to.text("GET", "\u00ff\u0000bytes")).isEqualTo("x");
      assertThat(to.text("GET", "extra")).isEqualTo("y");
    }
  }

  @Test
  void doesNotWriteOverWhatItHasNotKept() throws Exception {
    try (RespClient from = SOURCE.client();
        RespClient to = TARGET.client();
        DirectRepair repair = new DirectRepair(check(), NO_SECRETS, Clock.systemUTC())) {
      from.call("SET", "a", "right");
      to.call("SET", "a", "wrong");
      List<FormerValue> kept = new ArrayList<>();
      RepairPiece piece =
          new RepairPiece(
              List.of(),
              List.of(named("a")),
              false,
              values -> {
                kept.addAll(values);
                if (kept.size() == 1) {
                  to.call("SET", "a", "written by somebody else meanwhile");
                }
              },
              results::add);
      repair.run(piece);
      assertThat(courses()).containsEntry("a", RepairCourse.WRITE);
      assertThat(kept).extracting(FormerValue::voided).containsExactly(false, true, false);
      assertThat(kept.get(2).dumpBase64()).hasSizeGreaterThan(kept.get(0).dumpBase64().length());
      assertThat(to.text("GET", "a")).isEqualTo("right");
    }
  }

  @Test
  void endsWhereATaskComesMeanwhile() throws Exception {
    try (RespClient from = SOURCE.client();
        RespClient to = TARGET.client();
        DirectRepair repair = new DirectRepair(check(), NO_SECRETS, Clock.systemUTC())) {
      from.call("SET", "a", "right");
      to.call("SET", "a", "of the task");
      RepairPiece piece =
          new RepairPiece(
              List.of(),
              List.of(named("a")),
              false,
              values -> to.call("SET", "cachesync:claim", "* task"),
              results::add);
      assertThatThrownBy(() -> repair.run(piece)).hasMessageContaining("the task 'task' moves");
      assertThat(to.text("GET", "a")).isEqualTo("of the task");
    }
  }

  @Test
  void putsBackWhatWasWrittenOverAndNotWhatWasReadFirst() throws Exception {
    try (RespClient from = SOURCE.client();
        RespClient to = TARGET.client();
        UndoFile undo = new UndoFile(folder.resolve("undo"), "");
        DirectRepair repair = new DirectRepair(check(), NO_SECRETS, Clock.systemUTC())) {
      from.call("SET", "a", "right");
      to.call("SET", "a", "wrong");
      to.call("SET", "extra", "left as it is");
      AtomicBoolean quicker = new AtomicBoolean(true);
      RepairPiece piece =
          new RepairPiece(
              List.of(),
              List.of(named("a"), named("extra")),
              false,
              values -> {
                undo.keep(values);
                if (quicker.getAndSet(false)) {
                  to.call("SET", "a", "of somebody else");
                }
              },
              results::add);
      repair.run(piece);
      assertThat(to.text("GET", "a")).isEqualTo("right");
      to.call("SET", "extra", "newer");
      UndoRunner.run(folder.resolve("undo"), target, EndpointSecrets.of(""), key -> {});
      assertThat(to.text("GET", "a")).isEqualTo("of somebody else");
      assertThat(to.text("GET", "extra")).isEqualTo("newer");
    }
  }

  @Test
  void putsNothingBackPastATaskWithKeysOfItsOwnNameAlsoWhereThatComesLate() throws Exception {
    try (RespClient to = TARGET.client();
        Undo undo = new Undo(target, EndpointSecrets.of(""))) {
      FormerValue first = new FormerValue(0, "a", "", false, -1, "").under("orders:sync:");
      FormerValue second = new FormerValue(3, "b", "", false, -1, "").under("orders:sync:");
      to.call("SET", "a", "x");
      to.call("SELECT", "3");
      to.call("SET", "b", "x");
      assertThatThrownBy(
              () ->
                  undo.run(
                      List.of(first, second), key -> to.call("SET", "orders:sync:claim", "* task")))
          .hasMessageContaining("the task 'task' moves");
      assertThat(to.call("EXISTS", "b")).isEqualTo(1L);
    }
  }

  @Test
  void putsBackWhatStandsAroundALineThatIsNone() throws Exception {
    try (RespClient to = TARGET.client()) {
      to.call("SET", "a", "x");
      to.call("SET", "b", "x");
      String line = "{\"database\":0,\"key\":\"%s\",\"present\":false,\"expireAtMillis\":-1}";
      String half = line.substring(0, 20);
      Path undo = folder.resolve("undo");
      Files.write(
          undo, List.of(line.formatted("a"), half + line.formatted("c"), line.formatted("b")));
      assertThatThrownBy(() -> UndoRunner.run(undo, target, EndpointSecrets.of(""), results::add))
          .isInstanceOf(FaultException.class)
          .hasMessageContaining("line 2 of");
      assertThat(courses()).containsOnlyKeys("a", "b").containsValue(RepairCourse.DELETE);
      assertThat(to.call("DBSIZE")).isEqualTo(0L);
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void reachesEverySlotOfTwoClusters() throws Exception {
    try (ClusterServers from = new ClusterServers(ServerVersion.V7_0, 2).start();
        ClusterServers to = new ClusterServers(ServerVersion.V6_2, 2).start()) {
      source = new RedisEndpoint(Topology.CLUSTER, from.addresses(), "", null);
      target = new RedisEndpoint(Topology.CLUSTER, to.addresses(), "", null);
      String[] keys = new String[300];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = "key:" + i;
      }
      for (RedisServer owner : from.masters()) {
        try (RespClient client = owner.client()) {
          for (String key : keys) {
            if (from.ownerOf(ClusterServers.slot(key)) == owner) {
              client.call("RPUSH", key, "a", key);
            }
          }
        }
      }
      choose(keys);
      RepairReport last = repair(new RepairSpec(check(), false, false, "", "", true));
      assertThat(last.keys(RepairCourse.WRITE)).isEqualTo(keys.length);
      assertThat(last.check().differentKeys()).isZero();
      assertThat(DatasetComparer.compare(from, to)).isEmpty();
    }
  }

  @Test
  void tellsValuesInTheFormsOfAnOldTarget() throws Exception {
    try (RedisServer old = new RedisServer(ServerVersion.V2_8).start();
        RespClient from = SOURCE.client();
        RespClient to = old.client()) {
      target = endpoint(old);
      from.call("RPUSH", "list", "a", "b");
      from.call("ZADD", "zset", "1.5", "m");
      from.call("SET", "text", "x", "PX", "600000");
      from.call("XADD", "stream", "1-1", "f", "v");
      to.call("SET", "list", "wrong");
      choose("list", "zset", "text", "stream");
      RepairReport last = repair(new RepairSpec(check(), false, false, "", "", false));
      assertThat(last.keys(RepairCourse.WRITE)).isEqualTo(3);
      assertThat(courses()).containsEntry("stream", RepairCourse.FAIL);
      assertThat(to.list("LRANGE", "list", "0", "-1")).containsExactly("a", "b");
      assertThat((Long) to.call("PTTL", "text")).isBetween(500_000L, 600_000L);

      UndoRunner.run(folder.resolve("undo"), target, EndpointSecrets.of(""), results::add);
      assertThat(to.text("GET", "list")).isEqualTo("wrong");
      assertThat(to.call("EXISTS", "zset")).isEqualTo(0L);
    }
  }

  @Test
  void isRefusedPastATaskAndDoneWithinIt() throws Exception {
    JobDirectory directory = JobDirectory.create(folder.resolve("task"));
    directory.writePid();
    AtomicReference<JobReport> status = new AtomicReference<>();
    SyncSpec sync = SyncSpec.of("task", source, target).build();
    JobSpec job = new JobSpec("task", 1, sync, null, StartSpec.fresh());
    try (JobLog log = new JobLog(directory.logFile(), Clock.systemUTC());
        RespClient from = SOURCE.client();
        RespClient to = TARGET.client()) {
      JobRun run = JobRun.of(job, NO_SECRETS, directory, log, Clock.systemUTC());
      from.call("SET", "a", "right");
      CompletableFuture<JobReport> end = CompletableFuture.supplyAsync(() -> run(run, status));
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> status.get() != null && status.get().phase() == Phase.INCREMENTAL);
      to.call("SET", "a", "wrong");
      to.call("SET", "extra", "x");
      choose("a", "extra");

      RepairReport refused = repair(new RepairSpec(check(), true, false, "", "", true));
      assertThat(refused.fault().code()).isEqualTo(FaultCode.TARGET_TASK_CONFLICT);
      assertThat(to.text("GET", "a")).isEqualTo("wrong");

      String within = directory.path().toString();
      RepairReport last = repair(new RepairSpec(check(), true, false, within, "", true));
      assertThat(last.phase()).as("%s", last).isEqualTo(RepairPhase.DONE);
      assertThat(last.check().differentKeys()).isZero();
      assertThat(courses())
          .containsEntry("a", RepairCourse.WRITE)
          .containsEntry("extra", RepairCourse.DELETE);
      assertThat(Files.readAllLines(folder.resolve("undo"))).hasSize(2);
      assertThat(directory.path().resolve("repairs")).isEmptyDirectory();

      run.direct(new JobDirective(Desired.FINISH, null, 0));
      JobReport done = end.join();
      assertThat(done.phase()).isEqualTo(Phase.DONE);
      assertThat(done.links().get(0).healed())
          .anyMatch(healed -> healed.reason() == HealReason.REPAIRED && healed.keys() == 2);
      DatasetComparer.assertEqual(SOURCE, TARGET);
    }
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

  @Test
  void tellsWhereNoTaskRuns() throws Exception {
    choose("a");
    RepairReport last = repair(new RepairSpec(check(), false, false, folder.toString(), "", true));
    assertThat(last.phase()).isEqualTo(RepairPhase.FAILED);
    assertThat(last.fault().code()).isEqualTo(FaultCode.AGENT_DIED);
  }
}
