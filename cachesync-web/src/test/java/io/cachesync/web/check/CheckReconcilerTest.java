package io.cachesync.web.check;

import static io.cachesync.web.check.CheckCase.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doNothing;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.Desired;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairSpec;
import io.cachesync.contract.RepairedKey;
import io.cachesync.testkit.SetClock;
import io.cachesync.web.agent.AgentInstaller;
import io.cachesync.web.agent.AgentService;
import io.cachesync.web.agent.Job;
import io.cachesync.web.agent.JobLeftover;
import io.cachesync.web.agent.JobOwner;
import io.cachesync.web.agent.JobProbe;
import io.cachesync.web.schedule.Claims;
import io.cachesync.web.schedule.LeasedRows;
import io.cachesync.web.schedule.TickTask;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.Mappers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.mockito.InOrder;
import org.springframework.context.support.ResourceBundleMessageSource;
import tools.jackson.databind.json.JsonMapper;

/** A check from its start to its end, whatever its agent and its machine do. */
class CheckReconcilerTest {
  private static final String CUT_NAME = "k… (2000 characters, SHA-256 " + "a".repeat(64) + ")";

  private final AgentService agents = mock(AgentService.class);
  private final CheckEnds ends = mock(CheckEnds.class);
  private final SetClock clock = new SetClock(NOW);
  private Mappers mappers;
  private CheckStore store;
  private CheckReports reports;
  private RepairStore repairs;
  private DifferenceMapper differences;
  private final FullCheckProgram program = mock(FullCheckProgram.class);
  private final ToolDelivery delivery = mock(ToolDelivery.class);
  private CheckReconciler reconciler;
  private long id;

  @BeforeEach
  void oneCheck() {
    mappers = Mappers.onH2();
    CheckMapper checks = mappers.get(CheckMapper.class);
    differences = mappers.get(DifferenceMapper.class);
    store = new CheckStore(checks, differences, JsonMapper.builder().build(), clock);
    repairs =
        new RepairStore(
            mappers.get(RepairMapper.class), differences, ends, JsonMapper.builder().build());
    reports = new CheckReports(store, repairs, new CheckLogs(mappers.get(CheckLogMapper.class)));
    reconciler =
        new CheckReconciler(
            store,
            repairs,
            ends,
            agents,
            mock(AgentInstaller.class),
            program,
            delivery,
            messages(),
            clock);
    when(ends.spec(any())).thenReturn(spec(null));
    CheckMapper.NewId made = new CheckMapper.NewId();
    checks.insert(CheckCase.asked("cache-a", "cache-b"), made);
    id = made.getId();
  }

  @AfterEach
  void close() {
    mappers.close();
  }

  @Test
  void bringsTheProgramBeforeItIsStarted() {
    ToolPackage tool =
        new ToolPackage(1L, "redis-full-check", "ab", 9, "x86-64", "ada", clock.instant());
    when(program.toBring()).thenReturn(Optional.of(tool));
    doThrow(Refusal.conflict("check.tool.refused.hash", "m-1"))
        .when(delivery)
        .bring(any(), anyLong());
    launch();
    verify(delivery, never()).bring(any(), anyLong());
    CheckMapper.NewId made = new CheckMapper.NewId();
    mappers.get(CheckMapper.class).insert(CheckCase.asked("cache-a", "cache-b"), made);
    when(ends.spec(any())).thenReturn(spec("/base/tool/ab/redis-full-check"));
    reconciler.step(made.getId());
    verify(delivery).bring(tool, CheckCase.MACHINE);
    verify(agents, times(1)).launchCheck(any(), any(), anyLong(), any(), any());
    assertThat(store.find(made.getId()).orElseThrow().state()).isEqualTo(CheckState.FAILED);
  }

  private static CheckSpec spec(String program) {
    return CheckSpec.between(null, null).program(program).build();
  }

  @Test
  void runsFetchesWhatItFoundAndClearsTheMachine() {
    launch();
    assertThat(check().state()).isEqualTo(CheckState.RUNNING);
    report(CheckPhase.COMPARING, 0, null);
    assertThat(check().state()).isEqualTo(CheckState.RUNNING);
    assertThat(directed()).isEqualTo(Desired.RUN);
    report(CheckPhase.DONE, 1, null);
    assertThat(check().state()).isEqualTo(CheckState.COLLECTING);
    listsOnMachine(CheckCase.difference("user:7", DifferenceKind.FIELD_VALUE, "name"));
    probe(JobProbe.State.DEAD);
    reconciler.step(id);
    assertThat(check().state()).isEqualTo(CheckState.DONE);
    assertThat(check().differentKeys()).isOne();
    assertThat(check().listed()).isOne();
    assertThat(differences.after(id, 0, 10))
        .extracting(DifferenceRow::keyText)
        .containsExactly("user:7");
    verify(agents).clearAbandoned(any());
    reconciler.step(id);
    verify(agents, times(1)).readDifferences(any(), anyInt(), any());
  }

  @Test
  void repairsFirstWhereItIsToAndKeepsWhatWasLeft() {
    CheckStore.Listing found = store.list(check());
    found.add(CheckCase.difference("user:7", DifferenceKind.VALUE, ""));
    found.add(CheckCase.difference("user:7", DifferenceKind.TTL, ""));
    found.add(CheckCase.difference("user:8", DifferenceKind.EXTRA, ""));
    found.add(CheckCase.difference(CUT_NAME, DifferenceKind.MISSING, ""));
    found.close();
    repairOf(check(), 2);
    launch();
    ArgumentCaptor<RepairSpec> spec = ArgumentCaptor.forClass(RepairSpec.class);
    verify(agents)
        .launchRepair(
            eq("check-" + id),
            any(),
            anyLong(),
            spec.capture(),
            eq(List.of(new NamedKey(0, "user:7", ""), new NamedKey(0, "user:8", ""))),
            any());
    assertThat(spec.getValue().within()).isEqualTo("/base/jobs/5-0");
    assertThat(spec.getValue().undoFile()).isEqualTo("/base/undo/8");
    assertThat(spec.getValue().deletesExtra()).isTrue();

    RepairReport report =
        new RepairReport(1, 2, RepairPhase.DONE, null, 2, 2, Map.of(RepairCourse.WRITE, 1L), null);
    reports.apply(CheckCase.job(check(), clock.instant(), clock.instant(), null), repaired(report));
    assertThat(check().state()).isEqualTo(CheckState.COLLECTING);
    RepairedKey left =
        new RepairedKey(new NamedKey(0, "user:8", ""), RepairCourse.FAIL, "why", null, "");
    doAnswer(
            call -> {
              Consumer<RepairedKey> taker = call.getArgument(1);
              taker.accept(new RepairedKey(new NamedKey(0, "user:7", ""), RepairCourse.WRITE));
              taker.accept(left);
              return null;
            })
        .when(agents)
        .readRepaired(any(), any());
    probe(JobProbe.State.DEAD);
    reconciler.step(id);
    assertThat(check().state()).isEqualTo(CheckState.DONE);
    Repair repair = repairs.find(id).orElseThrow();
    assertThat(repairs.report(repair).keys(RepairCourse.WRITE)).isOne();
    assertThat(repairs.results(repair)).containsExactly(left);
  }

  @Test
  void failsWhereTheEndsLeadElsewhereNow() {
    repairOf(check(), 0);
    when(ends.byAgent(any())).thenThrow(Refusal.conflict(CheckEnds.MOVED));
    reconciler.step(id);
    assertThat(check().state()).isEqualTo(CheckState.FAILED);
    assertThat(check().faultMessage()).contains("no longer those that the check looked at");
    verify(agents, never()).launchRepair(any(), any(), anyLong(), any(), any(), any());
  }

  @Test
  void failsARepairWhoseListIsGone() {
    repairOf(check(), 2);
    reconciler.step(id);
    assertThat(check().state()).isEqualTo(CheckState.FAILED);
    assertThat(check().faultMessage()).contains("The list of the check");
    verify(agents, never()).launchRepair(any(), any(), anyLong(), any(), any(), any());
  }

  /** From then on the check of this test is that repair. */
  private void repairOf(Check former, long chosen) {
    CheckMapper.NewId made = new CheckMapper.NewId();
    mappers.get(CheckMapper.class).insert(CheckCase.asked("cache-a", "cache-b"), made);
    id = made.getId();
    mappers
        .get(RepairMapper.class)
        .insert(
            new Repair(
                id,
                former.id(),
                "{}",
                chosen,
                0,
                true,
                "/base/jobs/5-0",
                "orders",
                "/base/undo/8",
                null,
                null));
  }

  private static ResourceBundleMessageSource messages() {
    ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
    messages.setBasename("messages/check");
    messages.setDefaultEncoding("UTF-8");
    messages.setFallbackToSystemLocale(false);
    return messages;
  }

  private JobReport repaired(RepairReport report) {
    return new JobReport(
        "check-" + id,
        1,
        1,
        clock.millis(),
        -1,
        Phase.DONE,
        null,
        List.of(),
        List.of(),
        null,
        CheckCase.report(CheckPhase.DONE, 0, null),
        report);
  }

  @Test
  void beginsAgainWhereItsAgentDiedAndGivesUpAfterSomeTries() {
    for (int tries = 0; tries <= CheckReconciler.RESTARTS; tries++) {
      launch();
      clock.passSeconds(10);
      when(agents.lastReport(any())).thenReturn(Optional.empty());
      probe(JobProbe.State.DEAD);
      reconciler.step(id);
      jobEnded();
      if (tries < CheckReconciler.RESTARTS) {
        assertThat(check().state()).isEqualTo(CheckState.RECOVERING);
        assertThat(check().faultCode()).isEqualTo(FaultCode.AGENT_DIED);
        clock.passSeconds(10);
      }
    }
    assertThat(check().state()).isEqualTo(CheckState.FAILED);
    assertThat(check().faultCode()).isEqualTo(FaultCode.AGENT_DIED);
    verify(agents, times(CheckReconciler.RESTARTS + 1))
        .launchCheck(any(), any(), anyLong(), any(), any());
  }

  @Test
  void recoversFromALostAgentUntilTheNextOneReports() {
    launch();
    report(CheckPhase.COMPARING, 0, null);
    clock.passSeconds(10);
    when(agents.lastReport(any())).thenReturn(Optional.empty());
    probe(JobProbe.State.DEAD);
    reconciler.step(id);
    jobEnded();
    launch();
    verify(agents, times(2)).launchCheck(any(), any(), anyLong(), any(), any());
    assertThat(check().state()).isEqualTo(CheckState.RECOVERING);
    assertThat(check().faultCode()).isEqualTo(FaultCode.AGENT_DIED);
    assertThat(check().state().stoppable()).isTrue();
    report(CheckPhase.COMPARING, 0, null);
    assertThat(check().state()).isEqualTo(CheckState.RUNNING);
    assertThat(check().faultCode()).isNull();
  }

  /** The console's last act is that the former agent's job is over. */
  @Test
  void goesOnWhereItsConsoleDiesBeforeTheNextAgentIsStarted() {
    diesAtTheEndOfItsJob();
    jobEnded();
    reconciler.step(id);
    assertThat(check().state()).isEqualTo(CheckState.RECOVERING);
    verify(agents, times(2)).launchCheck(any(), any(), anyLong(), any(), any());
  }

  @Test
  void goesOnWhereItsConsoleDiesBeforeTheFormerJobIsOver() {
    diesAtTheEndOfItsJob();
    assertThat(check().state()).isEqualTo(CheckState.RECOVERING);
    clock.passSeconds(10);
    reconciler.step(id);
    jobEnded();
    clock.passSeconds(10);
    reconciler.step(id);
    verify(agents, times(2)).launchCheck(any(), any(), anyLong(), any(), any());
  }

  private void diesAtTheEndOfItsJob() {
    launch();
    clock.passSeconds(10);
    when(agents.lastReport(any())).thenReturn(Optional.empty());
    probe(JobProbe.State.DEAD);
    doThrow(new IllegalStateException("the console dies")).when(agents).markEnded(any());
    assertThatThrownBy(() -> reconciler.step(id)).hasMessage("the console dies");
    doNothing().when(agents).markEnded(any());
  }

  @Test
  void takesTheLastReportFromTheMachineWhereItDidNotGetThrough() {
    launch();
    clock.passSeconds(10);
    when(agents.lastReport("check-" + id))
        .thenReturn(Optional.of(jobReport(CheckPhase.DONE, 0, null)));
    probe(JobProbe.State.DEAD);
    reconciler.step(id);
    reconciler.step(id);
    assertThat(check().state()).isEqualTo(CheckState.DONE);
    assertThat(check().comparedKeys()).isEqualTo(50);
  }

  @Test
  void waitsForAMachineThatIsAway() {
    when(agents.launchCheck(any(), any(), anyLong(), any(), any()))
        .thenThrow(new SshFault(SshFault.Code.TIMEOUT, "m-1: no answer", null, "m-1"));
    reconciler.step(id);
    assertThat(check().state()).isEqualTo(CheckState.QUEUED);
    assertThat(check().faultCode()).isEqualTo(FaultCode.MACHINE_UNREACHABLE);
    reconciler.step(id);
    verify(agents, times(1)).launchCheck(any(), any(), anyLong(), any(), any());
    clock.pass(Duration.ofMinutes(30));
    org.mockito.Mockito.reset(agents);
    launch();
    assertThat(check().state()).isEqualTo(CheckState.RUNNING);
    assertThat(check().faultCode()).isNull();
    clock.passSeconds(10);
    probe(JobProbe.State.UNREACHABLE);
    reconciler.step(id);
    assertThat(check().state()).isEqualTo(CheckState.RUNNING);
    assertThat(check().faultCode()).isEqualTo(FaultCode.MACHINE_UNREACHABLE);
  }

  @Test
  void stopsAlsoWhereItsMachineIsAwayOrTheAgentDoesNotListen() {
    launch();
    stop();
    assertThat(directed()).isEqualTo(Desired.STOP);
    clock.passSeconds(30);
    probe(JobProbe.State.UNREACHABLE);
    reconciler.step(id);
    assertThat(check().state()).isEqualTo(CheckState.STOPPED);
    verify(agents).abandon(any());
  }

  @Test
  void leavesNothingBehindWhereItIsStoppedBeforeItBeginsAgain() {
    launch();
    clock.passSeconds(10);
    when(agents.lastReport(any())).thenReturn(Optional.empty());
    probe(JobProbe.State.DEAD);
    reconciler.step(id);
    jobEnded();
    assertThat(
            mappers
                .get(CheckMapper.class)
                .move(id, CheckState.RECOVERING, CheckState.STOPPING, clock.instant()))
        .isOne();
    clock.passSeconds(10);
    reconciler.step(id);
    assertThat(check().state()).isEqualTo(CheckState.STOPPED);
    verify(agents).clearAbandoned(any());
  }

  @Test
  void killsAnAgentThatDoesNotEnd() {
    launch();
    stop();
    clock.passSeconds(30);
    probe(JobProbe.State.RUNNING);
    reconciler.step(id);
    verify(agents).kill("check-" + id);
    assertThat(check().state()).isEqualTo(CheckState.STOPPED);
  }

  @Test
  void tellsARunningTaskToLeaveTheRepairOfAnAgentThatIsGone() {
    CheckStore.Listing found = store.list(check());
    found.add(CheckCase.difference("user:7", DifferenceKind.VALUE, ""));
    found.close();
    repairOf(check(), 1);
    launch();
    stop();
    clock.passSeconds(30);
    probe(JobProbe.State.RUNNING);
    reconciler.step(id);
    assertThat(check().state()).isEqualTo(CheckState.STOPPED);
    InOrder order = inOrder(agents);
    order.verify(agents).kill("check-" + id);
    order.verify(agents).stopRepair("check-" + id, "/base/jobs/5-0");
    order.verify(agents).clearAbandoned(any());
  }

  /** What it leaves is noted with the end of its job, or nobody would clear it away. */
  @Test
  void leavesNothingBehindWhereItsConsoleDiesAtItsEnd() {
    launch();
    report(CheckPhase.DONE, 1, null);
    listsOnMachine(CheckCase.difference("user:7", DifferenceKind.VALUE, ""));
    probe(JobProbe.State.DEAD);
    doThrow(new IllegalStateException("the console dies")).when(agents).clearAbandoned(any());
    assertThatThrownBy(() -> reconciler.step(id)).hasMessage("the console dies");
    verify(agents).abandon(any());
    jobEnded();
    reconciler.step(id);
    assertThat(check().state()).isEqualTo(CheckState.DONE);
    assertThat(check().listed()).isOne();
    verify(agents, never()).markEnded(any());
  }

  @Test
  void asksAgainForALeftoverWhoseTaskCouldNotBeTold() throws Exception {
    repairOf(check(), 0);
    JobLeftover left = mock(JobLeftover.class);
    when(left.id()).thenReturn(4L);
    when(left.jobId()).thenReturn("check-" + id);
    when(left.owner()).thenReturn(JobOwner.check(id));
    when(agents.dueLeftovers()).thenReturn(List.of(left));
    Claims claims = mock(Claims.class);
    doAnswer(
            call -> {
              call.<LeasedRows>getArgument(3).work(id);
              return null;
            })
        .when(claims)
        .each(any(), any(), any(), any());
    TickTask clear = new CheckTicks().clearCheckLeftovers(store, reconciler, agents, claims);
    doThrow(new SshFault(SshFault.Code.DROPPED, "broke", null, "m-1"))
        .when(agents)
        .stopRepair(any(), any());
    clear.run();
    verify(agents, never()).clearLeftover(anyLong());
    doNothing().when(agents).stopRepair(any(), any());
    clear.run();
    verify(agents).clearLeftover(4L);
  }

  @Test
  void failsWithTheFaultOfItsAgent() {
    launch();
    report(CheckPhase.FAILED, 0, Fault.fatal(FaultCode.AUTH_FAILED, "WRONGPASS"));
    probe(JobProbe.State.DEAD);
    reconciler.step(id);
    assertThat(check().state()).isEqualTo(CheckState.FAILED);
    assertThat(check().faultCode()).isEqualTo(FaultCode.AUTH_FAILED);
    verify(agents, never()).launchCheck(any(), any(), eq(99L), any(), any());
  }

  private void launch() {
    reconciler.step(id);
    Job job = CheckCase.job(check(), clock.instant(), null, null);
    when(agents.find("check-" + id)).thenReturn(Optional.of(job));
  }

  private void jobEnded() {
    Job job = CheckCase.job(check(), clock.instant(), null, clock.instant());
    when(agents.find("check-" + id)).thenReturn(Optional.of(job));
  }

  private void stop() {
    assertThat(
            mappers
                .get(CheckMapper.class)
                .move(id, CheckState.RUNNING, CheckState.STOPPING, clock.instant()))
        .isOne();
  }

  private void probe(JobProbe.State state) {
    when(agents.probe("check-" + id)).thenReturn(new JobProbe(state, -1, "said so"));
  }

  private void report(CheckPhase phase, long different, Fault fault) {
    reports.apply(
        CheckCase.job(check(), clock.instant(), clock.instant(), null),
        jobReport(phase, different, fault));
  }

  private JobReport jobReport(CheckPhase phase, long different, Fault fault) {
    return new JobReport(
        "check-" + id,
        1,
        1,
        clock.millis(),
        -1,
        Phase.UNKNOWN,
        null,
        List.of(),
        List.of(),
        null,
        CheckCase.report(phase, different, fault));
  }

  private void listsOnMachine(CheckDifference difference) {
    doAnswer(
            call -> {
              Consumer<CheckDifference> taker = call.getArgument(2);
              taker.accept(difference);
              return null;
            })
        .when(agents)
        .readDifferences(any(), anyInt(), any());
  }

  private Desired directed() {
    return reports
        .directiveFor(CheckCase.job(check(), clock.instant(), clock.instant(), null), 1)
        .desired();
  }

  private Check check() {
    return store.find(id).orElseThrow();
  }
}
