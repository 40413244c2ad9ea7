package io.cachesync.web.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairPlanSpec;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairedKey;
import io.cachesync.web.agent.AgentService;
import io.cachesync.web.agent.ContractJson;
import io.cachesync.web.agent.ForegroundAgent;
import io.cachesync.web.agent.Job;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.machine.MachineState;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.DatabaseTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.concurrent.DelegatingSecurityContextCallable;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Repairs on the real schema: which keys are chosen, what is planned, what is started. */
@DatabaseTest
@Import({
  CheckLogs.class,
  CheckService.class,
  CheckStore.class,
  RepairService.class,
  RepairStore.class
})
@ImportAutoConfiguration(JacksonAutoConfiguration.class)
@WithMockUser(username = "olga", roles = "OPERATOR")
class RepairServiceTest {
  private static final RepairChoice ALL = new RepairChoice(null, null, null, null, null);

  @Autowired private CheckService checks;
  @Autowired private CheckStore store;
  @Autowired private RepairService repairs;
  @Autowired private RepairStore repairStore;
  @Autowired private DifferenceMapper differences;
  @Autowired private CheckMapper mapper;
  @Autowired private DataSource source;
  @MockitoBean private CheckEnds ends;
  @MockitoBean private MachineService machines;
  @MockitoBean private AgentService agents;
  @MockitoBean private ForegroundAgent foreground;

  private long id;

  @BeforeEach
  void machineAndEnds() {
    Machine machine = mock(Machine.class);
    when(machine.id()).thenReturn(3L);
    when(machine.name()).thenReturn("m3");
    when(machine.state()).thenReturn(MachineState.READY);
    when(machine.basePath()).thenReturn("/base");
    when(machines.find(3L)).thenReturn(Optional.of(machine));
    when(machines.get(3L)).thenReturn(machine);
    when(ends.pair(any()))
        .thenReturn(new CheckEnds.Pair("", 11L, "cache-a", 12L, "cache-b", "e".repeat(64), false));
    when(ends.byAgent(any())).thenReturn(spec());
    when(ends.secrets(any())).thenReturn(new JobSecrets("", "secret", ""));
  }

  @Test
  void isRefusedWhileTheTaskIsSpreadOverMachines() {
    found();
    over();
    when(ends.isSpread(any())).thenReturn(true);
    assertThat(catchThrowableOfType(Refusal.class, () -> repairs.start(id, ALL, false)).key())
        .isEqualTo("check.repair.spread");
  }

  /** The agent finds the source of each key, and is told which task would do it. */
  @Test
  void plansARepairOfAllSourcesAsTheRunningTaskWouldDoIt() {
    found();
    over();
    new JdbcTemplate(source)
        .update(
            """
            insert into task (id, uid, name, tags, notes, owner, wizard_step, state, desired,
              state_since, created_at)
            values (5, 'uid-5', 'orders', '[]', '', 'olga', 5, 'INCREMENTAL', 'RUN',
              current_timestamp, current_timestamp)
            """);
    new JdbcTemplate(source)
        .update(
            "update data_check set source_number = ?, task_id = 5, task_name = 'orders' where id = ?",
            Check.ALL_SOURCES,
            id);
    assertThat(checks.get(id).ofAllSources()).isTrue();
    Job job = CheckCase.job(checks.get(id), CheckCase.NOW, CheckCase.NOW, null);
    when(agents.jobsOfTask("5")).thenReturn(List.of(job));
    answers(ContractJson.write(new RepairReport(1, 2, RepairPhase.DONE, null, 2, 2, null, null)));
    assertThat(repairs.isRepairable(checks.get(id))).isTrue();
    assertThat(repairs.plan(id, ALL, true).chosen()).isEqualTo(2);
    ArgumentCaptor<String> asked = ArgumentCaptor.forClass(String.class);
    verify(foreground).run(eq(3L), eq("repair"), asked.capture(), any());
    assertThat(ContractJson.read(asked.getValue(), RepairPlanSpec.class).repair().within())
        .isEqualTo(job.directory());
  }

  private void found() {
    id = checks.start(new CheckAsk(null, 0, 11L, 12L, 3L, spec(), LimitSpec.none())).id();
    CheckStore.Listing found = store.list(checks.get(id));
    found.add(CheckCase.difference("user:7", DifferenceKind.FIELD_VALUE, "name"));
    found.add(CheckCase.difference("user:7", DifferenceKind.TTL, ""));
    found.add(CheckCase.difference("user:8", DifferenceKind.EXTRA, ""));
    found.close();
  }

  private static CheckSpec spec() {
    return CheckSpec.between(null, null)
        .rounds(1)
        .pauseMillis(100)
        .samplePercent(20)
        .bothDirections(true)
        .build();
  }

  private void over() {
    store.end(checks.get(id), CheckState.DONE, null);
  }

  @Test
  void choosesEachKeyOnceByNameByFilterOrAll() {
    found();
    NamedKey first = new NamedKey(0, "user:7", "");
    NamedKey second = new NamedKey(0, "user:8", "");
    assertThat(repairStore.chosen(id, ALL).named()).containsExactly(first, second);
    RepairChoice extra = new RepairChoice(null, "", DifferenceKind.EXTRA, "", null);
    assertThat(repairStore.chosen(id, extra).named()).containsExactly(second);
    String keyId = differences.after(id, 0, 1).get(0).keyId();
    RepairChoice named = new RepairChoice(List.of(keyId), null, DifferenceKind.EXTRA, null, null);
    assertThat(repairStore.chosen(id, named).named()).containsExactly(first);
  }

  @Test
  void repairsKeysWithLongNamesAndTellsThoseWithoutAName() {
    found();
    NamedKey longest = NamedKey.of(0, "n".repeat(64 * 1024).getBytes(StandardCharsets.UTF_8));
    String base64 = Base64.getEncoder().encodeToString(longest.bytes());
    String shown = NamedKey.shown(longest.key());
    CheckStore.Listing listing = store.list(checks.get(id));
    listing.add(named(NamedKey.shown("c".repeat(2000)), ""));
    over();
    listing.close();
    assertThat(refused(() -> repairs.plan(id, ALL, false))).isEqualTo("check.repair.unnamed");
    assertThat(refused(() -> repairs.start(id, ALL, false))).isEqualTo("check.repair.unnamed");
    listing.add(named(shown, base64));
    listing.close();
    answers(ContractJson.write(new RepairReport(1, 2, RepairPhase.DONE, null, 1, 1, null, null)));
    RepairPlan plan = repairs.plan(id, ALL, false);
    assertThat(plan.chosen()).isOne();
    assertThat(plan.unnamed()).isOne();
    assertThat(plan.unnamedKeys()).containsExactly(NamedKey.shown("c".repeat(2000)));
    Check started = repairs.start(id, ALL, false);
    Repair repair = repairs.of(started.id()).orElseThrow();
    assertThat(repair.chosenKeys()).isOne();
    assertThat(repair.unnamedKeys()).isOne();
    assertThat(repairStore.keys(repair).get(0).bytes()).isEqualTo(longest.bytes());
    assertThat(repairs.left(repair))
        .extracting(RepairedKey::key)
        .containsExactly(plan.unnamedKeys().get(0));

    // What an agent has listed twice, as when collecting was cut, stands there once.
    for (int i = 0; i < 2; i++) {
      RepairStore.Listing left = repairStore.list(started.id());
      left.add(new RepairedKey(longest, RepairCourse.FAIL, "why", null, ""));
      left.close();
    }
    assertThat(repairs.left(repairs.of(started.id()).orElseThrow()))
        .extracting(RepairedKey::key)
        .containsExactly(plan.unnamedKeys().get(0), shown);
  }

  private static CheckDifference named(String key, String base64) {
    return new CheckDifference(
        0, key, base64, "hash", DifferenceKind.MISSING, "", "", "", "", 1, 2, 4711, 0);
  }

  @Test
  void startsACheckThatRepairsFirst() {
    found();
    assertThatThrownBy(() -> repairs.start(id, ALL, true))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.key()).isEqualTo("check.repair.refused"));
    over();
    Check started = repairs.start(id, ALL, true);
    assertThat(started.id()).isGreaterThan(id);
    assertThat(started.state()).isEqualTo(CheckState.QUEUED);
    assertThat(checks.spec(started).samplePercent()).isEqualTo(100);
    assertThat(checks.spec(started).rounds()).isEqualTo(2);
    Repair repair = repairs.of(started.id()).orElseThrow();
    assertThat(repair.ofCheckId()).isEqualTo(id);
    assertThat(repair.chosenKeys()).isEqualTo(2);
    assertThat(repair.withinDirectory()).isEmpty();
    assertThat(repair.undoFile()).isEqualTo("/base/undo/" + started.jobId() + ".jsonl");
    assertThat(repairStore.keys(repair)).hasSize(2);
    assertThat(refused(() -> checks.delete(id))).isEqualTo("check.refused.deleteRepaired");
    store.end(started, CheckState.DONE, null);
    checks.delete(id);
    Repair orphan = repairs.of(started.id()).orElseThrow();
    assertThat(orphan.ofCheckId()).isNull();
    assertThat(repairStore.keys(orphan)).isEmpty();
  }

  @Test
  void refusesASecondRepairBetweenTheSameEnds() {
    found();
    over();
    long first = id;
    found();
    over();
    Check started = repairs.start(id, ALL, false);
    assertThatThrownBy(() -> repairs.start(first, ALL, false))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.key()).isEqualTo("check.repair.running");
              assertThat(refusal.arguments()).containsExactly(String.valueOf(started.id()));
            });
    store.end(started, CheckState.FAILED, null);
    assertThat(repairs.start(first, ALL, false).id()).isGreaterThan(started.id());
  }

  /** Both come as far as the ends, were it not that one waits until the other is done. */
  @Test
  @Transactional(propagation = Propagation.NOT_SUPPORTED)
  void startsOneOfTwoRepairsThatAreAskedForAtOnce() throws Exception {
    found();
    over();
    CyclicBarrier both = new CyclicBarrier(2);
    CheckEnds.Pair pair = ends.pair(null);
    when(ends.pair(any()))
        .thenAnswer(
            call -> {
              try {
                both.await(400, TimeUnit.MILLISECONDS);
              } catch (TimeoutException | BrokenBarrierException alone) {
                return pair;
              }
              return pair;
            });
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      List<Future<String>> asked = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        asked.add(pool.submit(new DelegatingSecurityContextCallable<>(this::startOrRefusal)));
      }
      List<String> outcomes = new ArrayList<>();
      for (Future<String> each : asked) {
        outcomes.add(each.get(30, TimeUnit.SECONDS));
      }
      assertThat(outcomes).containsExactlyInAnyOrder("started", "check.repair.running");
    } finally {
      pool.shutdownNow();
      checks
          .search(new CheckFilter(null, null, null, null), new PageRequest(null, null, null))
          .items()
          .forEach(left -> mapper.delete(left.id()));
    }
  }

  private String startOrRefusal() {
    try {
      repairs.start(id, ALL, false);
      return "started";
    } catch (Refusal refusal) {
      return refusal.key();
    }
  }

  @Test
  void isNotTheLastCheckOfItsTask() {
    found();
    over();
    Check started = repairs.start(id, ALL, false);
    assertThat(checks.repaired(started)).contains(new RepairMapper.Scope(2, id));
    assertThat(checks.repaired(checks.get(id))).isEmpty();
    JdbcTemplate jdbc = new JdbcTemplate(source);
    jdbc.update(
        """
        insert into task (id, uid, name, tags, notes, owner, wizard_step, state, desired,
          state_since, created_at)
        values (5, 'uid-5', 'orders', '[]', '', 'olga', 5, 'FULL_SYNC', 'RUN',
          current_timestamp, current_timestamp)
        """);
    jdbc.update("update data_check set task_id = 5 where id in (?, ?)", id, started.id());
    assertThat(checks.newestOfTask(5)).map(Check::id).contains(id);
  }

  @Test
  void recordsWhoIsGivenAnUndoFileBeforeItsFirstLine() {
    found();
    over();
    Check started = repairs.start(id, ALL, false);
    String file = repairs.of(started.id()).orElseThrow().undoFile();
    assertThat(refused(() -> repairs.undo(started.id(), line -> {})))
        .isEqualTo("check.repair.noUndo");
    assertThat(audited()).doesNotContain("check.undo");
    when(agents.hasUndo(3, file)).thenReturn(true);
    SshFault broken = new SshFault(SshFault.Code.DROPPED, "broke", null, "10.0.0.3:22");
    List<List<String>> auditedThen = new ArrayList<>();
    doAnswer(
            call -> {
              call.<Consumer<String>>getArgument(2).accept("{}");
              throw broken;
            })
        .when(agents)
        .readUndo(eq(3L), eq(file), any());
    assertThat(refused(() -> repairs.undo(started.id(), line -> auditedThen.add(audited()))))
        .isEqualTo(broken.messageKey());
    assertThat(auditedThen).hasSize(1);
    assertThat(auditedThen.get(0)).contains("check.undo");
  }

  private List<String> audited() {
    return new JdbcTemplate(source).queryForList("select action from audit_event", String.class);
  }

  @Test
  void tellsThePlanThatTheAgentMade() {
    found();
    over();
    RepairedKey key = new RepairedKey(new NamedKey(0, "user:7", ""), RepairCourse.WRITE);
    answers(
        "Last login: today",
        ContractJson.write(key),
        ContractJson.write(
            new RepairReport(
                1, 2, RepairPhase.DONE, null, 2, 2, Map.of(RepairCourse.WRITE, 1L), null)));
    RepairPlan plan = repairs.plan(id, ALL, false);
    assertThat(plan.chosen()).isEqualTo(2);
    assertThat(plan.courses()).containsExactly(Map.entry(RepairCourse.WRITE, 1L));
    assertThat(plan.keys()).containsExactly(key);

    Fault fault = Fault.fatal(FaultCode.AUTH_FAILED, "10.0.0.1:6379 refused the password");
    answers(
        ContractJson.write(new RepairReport(1, 2, RepairPhase.FAILED, fault, 2, 0, null, null)));
    assertThatThrownBy(() -> repairs.plan(id, ALL, false))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.arguments()).contains("AUTH_FAILED"));
  }

  @Test
  void refusesEndsThatLeadElsewhereNow() {
    found();
    over();
    when(ends.pair(any()))
        .thenReturn(new CheckEnds.Pair("", 11L, "cache-a", 12L, "cache-b", "f".repeat(64), false));
    when(ends.byAgent(any())).thenThrow(Refusal.conflict(CheckEnds.MOVED));
    assertThat(refused(() -> repairs.start(id, ALL, false))).isEqualTo("check.refused.moved");
    assertThat(refused(() -> repairs.plan(id, ALL, false))).isEqualTo("check.refused.moved");
  }

  private static String refused(ThrowingCallable call) {
    return catchThrowableOfType(Refusal.class, call).key();
  }

  private void answers(String... lines) {
    when(foreground.run(anyLong(), eq("repair"), any(), any()))
        .thenAnswer(
            call -> {
              Consumer<String> taker = call.getArgument(3);
              List.of(lines).forEach(taker);
              return 0;
            });
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void letsViewersReadAndNothingElse() {
    assertThatThrownBy(() -> repairs.start(1, ALL, false))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> repairs.plan(1, ALL, false)).isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> repairs.undo(1, line -> {})).isInstanceOf(AccessDeniedException.class);
  }
}
