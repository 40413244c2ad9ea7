package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.mockito.Mockito.when;

import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.LogLine;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import io.cachesync.web.agent.AgentFault;
import io.cachesync.web.agent.Job;
import io.cachesync.web.agent.JobProbe;
import io.cachesync.web.machine.MachineGone;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskEnds;
import io.cachesync.web.task.TaskEvent;
import io.cachesync.web.task.TaskPartView;
import io.cachesync.web.task.TaskParts;
import io.cachesync.web.task.TaskProgress;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTrigger;
import io.cachesync.web.task.TaskViews;
import io.cachesync.web.task.TaskWhy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** A task with parts on two machines. */
class SpreadTasksTest extends SyncCase {
  private static final int STATEMENTS_OF_A_REPORT = 16;

  @Autowired TaskParts parts;
  @Autowired TaskEnds ends;
  @Autowired TaskViews views;
  @Autowired SpreadTasks spread;

  @Test
  void eachPartHasItsShardsOnItsMachineUnderTheNameOfTheWhole() {
    long whole = spread(TaskState.QUEUED, Desired.RUN);
    SystemActor.run(() -> tasks.limit(whole, new LimitSpec(1001, 0)));
    SyncSpec one = spec(part(whole, 0));
    SyncSpec two = spec(part(whole, 1));
    assertThat(one.slots()).isEqualTo("0-5460");
    assertThat(two.slots()).isEqualTo("5461-16383");
    assertThat(List.of(one.task(), two.task())).containsOnly(spec(whole).task());
    assertThat(tasks.spec(part(whole, 1)).machineName()).isEqualTo("host-2");
    assertThat(directives.directiveFor(job(part(whole, 0)), 1).limits())
        .isEqualTo(new LimitSpec(501, 0));
    assertThat(SystemActor.call(() -> tasks.rows(Set.of(whole, part(whole, 0), part(whole, 1)))))
        .as("in lists")
        .hasSize(1);
  }

  @Test
  void theWholeIsWhereTheLastOfItsPartsIs() {
    long whole = spread(TaskState.QUEUED, Desired.RUN);
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.STARTING);
    for (int i = 0; i < 2; i++) {
      transitions.observe(part(whole, i), TaskTrigger.PLACED, "");
      reports.apply(job(part(whole, i)), told(i, Phase.FULL_SYNC));
    }
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.FULL_SYNC);
    assertThat(tasks.spec(whole).afresh()).as("begun").isFalse();
    reports.apply(job(part(whole, 0)), told(0, Phase.INCREMENTAL));
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.FULL_SYNC);
    reports.apply(job(part(whole, 1)), told(1, Phase.INCREMENTAL));
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.INCREMENTAL);
  }

  @Test
  void itsPageHasTheLinksTheLogAndTheSumsOfAll() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    reports.apply(job(part(whole, 0)), told(0, Phase.INCREMENTAL));
    reports.apply(job(part(whole, 1)), told(1, Phase.FULL_SYNC));
    assertThat(SystemActor.call(() -> syncs.links(whole)))
        .extracting(LinkStatus::link)
        .containsExactly(0, 1);
    TaskProgress progress = tasks.progress(whole).orElseThrow();
    assertThat(progress.phase()).isEqualTo(Phase.FULL_SYNC);
    assertThat(progress.keysApplied())
        .isEqualTo(2 * told(0, Phase.INCREMENTAL).links().get(0).keysApplied());
    assertThat(SystemActor.call(() -> syncs.logText(whole))).contains("said by 0", "said by 1");
  }

  @Test
  void whatAPersonWantsOfTheWholeIsWantedOfEachPart() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    SystemActor.run(() -> tasks.pause(whole));
    reconciler.step(whole);
    assertThat(states(whole)).containsOnly(TaskState.PAUSING);
    reports.apply(job(part(whole, 0)), told(0, Phase.PAUSED));
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.PAUSING);
    reports.apply(job(part(whole, 1)), told(1, Phase.PAUSED));
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.PAUSED);
    SystemActor.run(() -> tasks.resume(whole));
    reconciler.step(whole);
    assertThat(states(whole)).containsOnly(TaskState.STARTING);
    SystemActor.run(() -> tasks.stop(whole));
    reconciler.step(whole);
    assertThat(states(whole)).containsOnly(TaskState.STOPPING);
    reports.apply(job(part(whole, 0)), told(0, Phase.STOPPED));
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.STOPPING);
    reports.apply(job(part(whole, 1)), told(1, Phase.STOPPED));
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.STOPPED);
  }

  @Test
  void onceAllPartsAreThroughOneJobTakesOurKeysAway() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    SystemActor.run(() -> tasks.finish(whole));
    reconciler.step(whole);
    assertThat(states(whole)).containsOnly(TaskState.FINISHING);
    reports.apply(job(part(whole, 0)), told(0, Phase.DONE));
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.FINISHING);
    assertThat(agents.launched).isEmpty();
    reports.apply(job(part(whole, 1)), told(1, Phase.DONE));
    reconciler.step(whole);
    assertThat(agents.launched)
        .containsExactly(new StartSpec(StartMode.FRESH_ALLOWED, Desired.REMOVE));
    assertThat(spec(whole).slots()).isEmpty();
    reports.apply(job(whole), report(Phase.DONE));
    assertThat(state(whole)).isEqualTo(TaskState.DONE);
  }

  @Test
  void whatOneFailsWithIsTheWholesAndEndsTheOthers() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    reports.apply(job(part(whole, 1)), failed(FaultCode.WRONG_TYPE));
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.FAILED);
    assertThat(tasks.get(whole).faultMessage()).startsWith("host-2: ");
    reconciler.step(whole);
    assertThat(tasks.wholeOrPart(part(whole, 0)).state()).isEqualTo(TaskState.STOPPING);
    reports.apply(job(part(whole, 0)), told(0, Phase.STOPPED));
    SystemActor.run(() -> tasks.start(whole));
    reconciler.step(whole);
    assertThat(states(whole)).containsOnly(TaskState.QUEUED);
    assertThat(state(whole)).isEqualTo(TaskState.STARTING);
  }

  @Test
  void whatHasFailedIsFinishedOnceAllPartsHaveEnded() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    reports.apply(job(part(whole, 1)), failed(FaultCode.WRONG_TYPE));
    reconciler.step(whole);
    SystemActor.run(() -> tasks.finish(whole));
    reconciler.step(whole);
    assertThat(tasks.wholeOrPart(part(whole, 0)).state()).isEqualTo(TaskState.STOPPING);
    assertThat(state(whole)).isEqualTo(TaskState.FINISHING);
    assertThat(agents.launched).isEmpty();
    reports.apply(job(part(whole, 0)), told(0, Phase.STOPPED));
    reconciler.step(whole);
    assertThat(agents.launched).extracting(StartSpec::desired).containsExactly(Desired.REMOVE);
  }

  @Test
  void itsOwnAgentIsSeenToEndOnceItIsDone() {
    long whole = running(TaskState.DONE, Desired.FINISH);
    agents.job = job(whole);
    agents.probe = new JobProbe(JobProbe.State.DEAD, 0, "no such process");
    reconciler.step(whole);
    assertThat(agents.ended).containsExactly(job(whole));
  }

  @Test
  void itsPartsWaitForItsOwnAgentToEnd() {
    long whole = running(TaskState.STOPPED, Desired.STOP);
    SystemActor.run(() -> tasks.start(whole));
    agents.job = job(whole);
    agents.probe = new JobProbe(JobProbe.State.DEAD, 130, "no such process");
    reconciler.step(whole);
    assertThat(agents.ended).containsExactly(job(whole));
    assertThat(state(whole)).isEqualTo(TaskState.QUEUED);
    assertThat(states(whole)).containsOnly(TaskState.STOPPED);
  }

  @Test
  void whereSlotsMoveItGoesOnAsOneJob() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    reports.apply(job(part(whole, 0)), told(0, Phase.INCREMENTAL));
    reports.apply(job(part(whole, 1)), told(1, Phase.INCREMENTAL));
    reports.apply(job(part(whole, 1)), failed(FaultCode.SPREAD_RESHARDED));
    reconciler.step(whole);
    assertThat(tasks.wholeOrPart(part(whole, 0)).state()).isEqualTo(TaskState.STOPPING);
    assertThat(state(whole)).as("at once").isEqualTo(TaskState.RECOVERING);
    assertThat(tasks.get(whole).faultCode()).isEqualTo(FaultCode.SPREAD_RESHARDED);
    reports.apply(job(part(whole, 0)), told(0, Phase.STOPPED));
    reconciler.step(whole);
    assertThat(parts.of(whole)).isEmpty();
    assertThat(state(whole)).isEqualTo(TaskState.RECOVERING);
    assertThat(SystemActor.call(() -> tasks.events(whole)).get(0).why())
        .isEqualTo(TaskWhy.resharded());
    reconciler.step(whole);
    assertThat(agents.launched).containsExactly(new StartSpec(StartMode.MUST_RESUME, Desired.RUN));
    assertThat(agents.launchedOn).containsExactly(1L);
  }

  @Test
  void aPartThatIsThroughGoesOnBehindItselfWhereTheWholeIsStartedAgain() {
    long whole = running(TaskState.FINISHING, Desired.FINISH);
    reports.apply(job(part(whole, 0)), told(0, Phase.DONE));
    long through = part(whole, 0);
    SystemActor.run(() -> tasks.stop(whole));
    reconciler.step(whole);
    reports.apply(job(part(whole, 1)), told(1, Phase.STOPPED));
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.STOPPED);
    SystemActor.run(() -> tasks.start(whole));
    reconciler.step(whole);
    assertThat(states(whole)).containsOnly(TaskState.QUEUED);
    assertThat(part(whole, 0)).isNotEqualTo(through);
    assertThat(spec(part(whole, 0)).slots()).isEqualTo("0-5460");
  }

  @Test
  void itsPageTellsWhatEachMachineHas() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    reports.apply(job(part(whole, 0)), told(4, Phase.INCREMENTAL));
    reports.apply(job(part(whole, 1)), failed(FaultCode.WRONG_TYPE));
    List<TaskPartView> shown =
        SystemActor.call(() -> tasks.partViews(whole, views, Locale.ENGLISH));
    assertThat(shown).extracting(TaskPartView::machine).containsExactly("host-1", "host-2");
    assertThat(shown.get(0).links()).containsExactly(4);
    assertThat(shown.get(0).fault()).isNull();
    assertThat(shown.get(1).slotRanges()).containsExactly("5461-16383");
    assertThat(shown.get(1).state()).isEqualTo(TaskState.FAILED);
    assertThat(shown.get(1).fault().code()).isEqualTo("WRONG_TYPE");
    assertThat(SystemActor.call(() -> tasks.events(whole)))
        .filteredOn(event -> event.what() == TaskTrigger.REPORT_FAILED)
        .extracting(TaskEvent::taskId, TaskEvent::who)
        .containsExactly(tuple(whole, "host-2"));
    assertThat(SystemActor.call(() -> tasks.spreadMachines(whole)))
        .containsExactly("host-1", "host-2");
  }

  @Test
  void forgetsLinksOfShardsThatTheSourceNoLongerHas() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    for (int link = 0; link < 4; link++) {
      reports.apply(job(whole), told(link, Phase.INCREMENTAL));
    }
    assertThat(links(whole)).contains(3);
    reports.apply(job(part(whole, 0)), told(0, Phase.INCREMENTAL));
    assertThat(links(whole)).as("the other has not told yet").contains(3);
    reports.apply(job(part(whole, 1)), told(1, Phase.INCREMENTAL));
    assertThat(links(whole)).containsExactly(0, 1);
  }

  @Test
  void whatHappenedBeforeAPartMovedStandsUnderTheMachineItWasOn() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    long part = part(whole, 1);
    reports.apply(job(part), report(Phase.RETRYING));
    transitions.move(
        part, 1, "host-1", TaskWhy.all(TaskWhy.away("host-2", 60), TaskWhy.movedTo("host-1")));
    reports.apply(job(part), told(1, Phase.INCREMENTAL));
    assertThat(SystemActor.call(() -> tasks.events(whole)))
        .extracting(TaskEvent::what, TaskEvent::who)
        .containsExactly(
            tuple(TaskTrigger.REPORT_INCREMENTAL, "host-1"),
            tuple(TaskTrigger.MOVED, "host-2"),
            tuple(TaskTrigger.REPORT_RETRYING, "host-2"));
  }

  @Test
  void whatCountsTasksLeavesItsPartsOut() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    JdbcTemplate jdbc = new JdbcTemplate(dataSource);
    for (Task part : parts.of(whole)) {
      jdbc.update("update task set owner = 'part', tags = ',part,' where id = ?", part.id());
    }
    transitions.forgetRestarts(whole);
    assertThat(tasks.wholesInStates(Set.of(TaskState.INCREMENTAL)))
        .extracting(Task::id)
        .containsExactly(whole);
    assertThat(SystemActor.call(tasks::owners)).containsExactly("olga");
    assertThat(SystemActor.call(tasks::tags)).isEmpty();
  }

  @Test
  void nobodyAsksAnythingOfAPart() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    long part = part(whole, 0);
    assertThatThrownBy(() -> SystemActor.run(() -> tasks.stop(part))).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> SystemActor.run(() -> tasks.limit(part, LimitSpec.none())))
        .isInstanceOf(Refusal.class);
  }

  @Test
  void aContinuousCheckIsRefusedAndWhoRepairsIsTold() {
    long one = task(TaskState.STOPPED, Desired.STOP);
    SystemActor.run(() -> tasks.checkContinuously(one, 10));
    assertThat(tasks.continuousKeys(one)).isEqualTo(10);
    parts.chooseMachines(one, List.of(1L, 2L));
    assertThat(tasks.continuousKeys(one)).isZero();
    assertThatThrownBy(() -> SystemActor.run(() -> tasks.checkContinuously(one, 10)))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.key()).isEqualTo("task.refused.continuous.spread"));
    assertThat(tasks.runsInParts(one)).isFalse();
    assertThat(tasks.runsInParts(running(TaskState.INCREMENTAL, Desired.RUN))).isTrue();
  }

  @Test
  void aStartAfreshIsOfAllItsParts() {
    long whole = running(TaskState.STOPPED, Desired.STOP);
    for (Task part : parts.of(whole)) {
      tasks.begun(part.id());
    }
    tasks.begun(whole);
    assertThat(spec(part(whole, 1)).afresh()).isFalse();
    SystemActor.run(() -> tasks.startAfresh(whole));
    reconciler.step(whole);
    for (Task part : parts.of(whole)) {
      assertThat(spec(part.id()).afresh()).isTrue();
      assertThat(ends.startSpec(part).mode()).isEqualTo(StartMode.FRESH_ALLOWED);
    }
  }

  @Test
  void aStartAfreshIsNotLostToWhatAPartTellsOfTheStartBefore() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    reports.apply(job(part(whole, 0)), told(0, Phase.INCREMENTAL));
    reports.apply(job(part(whole, 1)), told(1, Phase.INCREMENTAL));
    reconciler.step(whole);
    reports.apply(job(part(whole, 1)), failed(FaultCode.WRONG_TYPE));
    reconciler.step(whole);
    SystemActor.run(() -> tasks.startAfresh(whole));
    reports.apply(job(part(whole, 0)), told(0, Phase.INCREMENTAL));
    reconciler.step(whole);
    assertThat(tasks.wholeOrPart(part(whole, 0)).state()).isEqualTo(TaskState.STOPPING);
    reports.apply(job(part(whole, 0)), told(0, Phase.INCREMENTAL));
    reports.apply(job(part(whole, 0)), told(0, Phase.STOPPED));
    reconciler.step(whole);
    assertThat(states(whole)).containsOnly(TaskState.QUEUED);
    for (Task part : parts.of(whole)) {
      assertThat(spec(part.id()).afresh()).isTrue();
      assertThat(ends.startSpec(part).mode()).isEqualTo(StartMode.FRESH_ALLOWED);
    }
    assertThat(spec(whole).afresh()).isTrue();
    transitions.observe(part(whole, 0), TaskTrigger.PLACED, "");
    reports.apply(job(part(whole, 0)), told(0, Phase.FULL_SYNC));
    assertThat(spec(part(whole, 0)).afresh()).as("begun by the start asked for").isFalse();
  }

  @Test
  void waitsForAMachineThatIsBusyOrAwayAndSaysSoOnce() {
    long whole = toBeSpread();
    seen.refusal = Refusal.conflict("machine.refused.busy", "host-1");
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.QUEUED);
    assertThat(tasks.get(whole).retryAt()).isAfter(Instant.now());
    seen.refusal = null;
    seen.asked.clear();
    reconciler.step(whole);
    assertThat(seen.asked).as("before its time").isEmpty();
    seen.refusal = new SshFault(SshFault.Code.TIMEOUT, "no answer", null, "host-1");
    for (int i = 0; i < 2; i++) {
      again(whole);
    }
    assertThat(state(whole)).isEqualTo(TaskState.QUEUED);
    seen.refusal = null;
    when(machines.find(2)).thenReturn(Optional.of(machine(2, "host-2", "UNREACHABLE")));
    again(whole);
    assertThat(whys(whole, TaskTrigger.PASSED_OVER))
        .containsExactly(
            TaskWhy.passedOver("machine", "host-2", "UNREACHABLE"),
            TaskWhy.passedOver("machine", "host-1", "no answer"),
            TaskWhy.passedOver("machine", "host-1", "machine.refused.busy [host-1]"));
    when(machines.find(2)).thenReturn(Optional.of(machine(2, "host-2")));
    again(whole);
    assertThat(state(whole)).isEqualTo(TaskState.STARTING);
    assertThat(parts.of(whole)).hasSize(2);
  }

  @Test
  void waitsForAnEndThatDoesNotAnswerAndIsSeenToTakeLong() {
    long whole = toBeSpread();
    seen.unreached.put(2L, "10.0.0.1");
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.QUEUED);
    assertThat(whys(whole, TaskTrigger.PASSED_OVER))
        .containsExactly(
            TaskWhy.passedOver("target", "host-2", "CONNECTION_REFUSED: nobody listens"));
    new JdbcTemplate(dataSource)
        .update("update task set state_since = dateadd(minute, -11, state_since)");
    again(whole);
    assertThat(tasks.get(whole).overdue()).isTrue();
    seen.unreached.clear();
    again(whole);
    assertThat(state(whole)).isEqualTo(TaskState.STARTING);
  }

  @Test
  void isNotSpreadOverAMachineThatDoesNotComeBackByItself() {
    long whole = toBeSpread();
    when(machines.find(2)).thenReturn(Optional.of(machine(2, "host-2", "HOST_KEY_CHANGED")));
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.FAILED);
    assertThat(tasks.get(whole).faultMessage())
        .isEqualTo(TaskWhy.notSpread("machine host-2 is not ready"));
    when(machines.find(2)).thenReturn(Optional.of(machine(2, "host-2")));
    seen.refusal = new AgentFault(AgentFault.Code.DIED_AT_START, "no memory");
    SystemActor.run(() -> tasks.start(whole));
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.FAILED);
  }

  @Test
  void nobodyIsAskedOfAnEndpointThatLeadsElsewhereByNow() {
    long whole = toBeSpread();
    JdbcTemplate jdbc = new JdbcTemplate(dataSource);
    jdbc.update(
        "insert into endpoint (id, name, topology, addresses, created_at, updated_at)"
            + " values (5, 'orders', 'STANDALONE', '10.0.0.9:6379', now(), now())");
    jdbc.update("update task_spec set target_endpoint_id = 5 where task_id = ?", whole);
    reconciler.step(whole);
    assertThat(tasks.get(whole).faultMessage())
        .isEqualTo(TaskWhy.notSpread("the endpoint b leads elsewhere since it was prechecked"));
    assertThat(seen.asked).isEmpty();
  }

  @Test
  void whatWasStoppedWhileItWasMeasuredHasNoParts() {
    long whole = toBeSpread();
    Task measured = tasks.get(whole);
    SystemActor.run(() -> tasks.stop(whole));
    assertThat(parts.spread(measured, List.of(new TaskParts.Share(1, "host-1", "0-16383"))))
        .isEmpty();
    assertThat(parts.of(whole)).isEmpty();
  }

  @Test
  void aMachineThatIsGoneDoesNotEndTheStopOfTheOtherParts() {
    long whole = running(TaskState.STOPPING, Desired.STOP);
    when(machines.find(1)).thenReturn(Optional.of(machine(1, "host-1", "UNREACHABLE")));
    released.release(new MachineGone(1, "host-1", "olga"));
    assertThat(states(whole)).containsExactly(TaskState.STOPPED, TaskState.STOPPING);
    assertThat(state(whole)).isEqualTo(TaskState.STOPPING);
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.STOPPING);
    reports.apply(job(part(whole, 1)), told(1, Phase.STOPPED));
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.STOPPED);
  }

  @Test
  void aMachineThatIsGoneIsTheWholesOwnWhileItRemovesOurKeys() {
    long whole = running(TaskState.DONE, Desired.FINISH);
    set(whole, TaskState.STOPPING, Desired.STOP);
    agents.open.add(
        new Job(
            tasks.get(whole).jobId(),
            String.valueOf(whole),
            1,
            3,
            17,
            4711,
            "boot",
            "/x",
            "",
            6,
            null,
            Instant.EPOCH,
            null));
    when(machines.find(1)).thenReturn(Optional.of(machine(1, "host-1", "UNREACHABLE")));
    released.release(new MachineGone(1, "host-1", "olga"));
    assertThat(state(whole)).isEqualTo(TaskState.STOPPED);
  }

  @Test
  void aReportOfOneJobAsksOnceWhetherItIsAPart() {
    long one = task(TaskState.INCREMENTAL, Desired.RUN);
    reports.apply(job(one), told(0, Phase.INCREMENTAL));
    directives.directiveFor(job(one), 1);
    tasks.acceptEvictions(one, false);
    statements.forget();
    reports.apply(job(one), told(0, Phase.INCREMENTAL));
    directives.directiveFor(job(one), 1);
    assertThat(statements.told())
        .filteredOn(sql -> sql.contains("from task_part") && !sql.contains("from task_spec"))
        .hasSize(1);
    assertThat(statements.told()).as("with that one").hasSize(STATEMENTS_OF_A_REPORT);
  }

  @Test
  void theRowOfTheWholeIsTakenBeforeThoseOfItsParts() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    takenInOrder(whole, () -> reports.apply(job(part(whole, 1)), told(1, Phase.STOPPED)));
    takenInOrder(whole, () -> reports.apply(job(part(whole, 0)), told(0, Phase.DONE)));
    set(part(whole, 1), TaskState.STOPPED, Desired.STOP);
    takenInOrder(whole, () -> parts.replace(tasks.get(whole), parts.of(whole).get(0)));
    set(part(whole, 0), TaskState.STOPPED, Desired.STOP);
    set(whole, TaskState.STOPPED, Desired.STOP);
    long other = part(whole, 0);
    // The younger has the lower number by now.
    assertThat(other).isGreaterThan(part(whole, 1));
    takenInOrder(whole, () -> SystemActor.run(() -> tasks.startAfresh(whole)));
    takenInOrder(whole, () -> parts.dissolve(whole));
    assertThat(parts.of(whole)).isEmpty();
    takenInOrder(
        whole,
        () ->
            parts.spread(
                tasks.get(whole),
                List.of(
                    new TaskParts.Share(2, "host-2", "0-5460"),
                    new TaskParts.Share(1, "host-1", "5461-16383"))));
    parts.of(whole).forEach(part -> set(part.id(), TaskState.STOPPED, Desired.STOP));
    set(whole, TaskState.STOPPED, Desired.STOP);
    takenInOrder(whole, () -> SystemActor.run(() -> tasks.delete(whole)));
    assertThat(tasks.find(whole)).isEmpty();
  }

  @Test
  void itsPartsGoTogetherOrNotAtAll() {
    long whole = running(TaskState.STOPPED, Desired.STOP);
    set(part(whole, 1), TaskState.STOPPING, Desired.STOP);
    assertThat(parts.dissolve(whole)).isFalse();
    assertThat(parts.of(whole)).hasSize(2);
    set(part(whole, 1), TaskState.STOPPED, Desired.STOP);
    assertThat(parts.dissolve(whole)).isTrue();
    assertThat(parts.of(whole)).isEmpty();
  }

  @Test
  void aPartThatHasEndedSinceItWasLookedAtIsNotAskedToRemoveOurKeys() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    Task seenBefore = parts.of(whole).get(0);
    SystemActor.run(() -> tasks.finish(whole));
    reports.apply(job(part(whole, 0)), failed(FaultCode.WRONG_TYPE));
    spread.tell(tasks.get(whole), seenBefore);
    assertThat(tasks.wholeOrPart(part(whole, 0)).state()).isEqualTo(TaskState.FAILED);
    assertThat(tasks.wholeOrPart(part(whole, 0)).desired()).isEqualTo(Desired.RUN);
  }

  @Test
  void aPartIsToldWhatIsWantedByNowAndNotWhenItWasLookedAt() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    set(whole, TaskState.FAILED, Desired.RUN);
    Task then = tasks.get(whole);
    set(whole, TaskState.INCREMENTAL, Desired.RUN);
    spread.tell(then, parts.of(whole).get(0));
    assertThat(states(whole)).containsOnly(TaskState.INCREMENTAL);
    set(part(whole, 1), TaskState.STOPPED, Desired.STOP);
    reconciler.step(whole);
    assertThat(states(whole))
        .as("nobody else starts it again")
        .containsExactly(TaskState.INCREMENTAL, TaskState.QUEUED);
  }

  @Test
  void theReasonIsThatOfThePartThatRecoversNow() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    lost(part(whole, 0), "away");
    reconciler.step(whole);
    assertThat(tasks.get(whole).faultMessage()).isEqualTo("host-1: away");
    lost(part(whole, 1), "also away");
    reports.apply(job(part(whole, 0)), told(0, Phase.INCREMENTAL));
    reconciler.step(whole);
    assertThat(state(whole)).isEqualTo(TaskState.RECOVERING);
    assertThat(tasks.get(whole).faultMessage()).isEqualTo("host-2: also away");
    SystemActor.run(() -> tasks.stop(whole));
    reconciler.step(whole);
    transitions.explain(
        part(whole, 1), Fault.retryable(FaultCode.MACHINE_UNREACHABLE, "still away"));
    reconciler.step(whole);
    assertThat(tasks.get(whole).state()).isEqualTo(TaskState.STOPPING);
    assertThat(tasks.get(whole).faultMessage()).isEqualTo("host-2: still away");
  }

  @Test
  void aReasonThatIsTooLongToBeKeptIsWrittenOnce() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    lost(part(whole, 0), "x".repeat(1000));
    reconciler.step(whole);
    long version = tasks.get(whole).version();
    reconciler.step(whole);
    assertThat(tasks.get(whole).version()).isEqualTo(version);
    transitions.passedOver(whole, "y".repeat(1001));
    transitions.passedOver(whole, "y".repeat(1001));
    assertThat(whys(whole, TaskTrigger.PASSED_OVER)).hasSize(1);
  }

  @Test
  void aPartThatWasThroughGoesOnFromItsCheckpointThoughTheOthersHaveNotBegun() {
    long whole = running(TaskState.STOPPED, Desired.STOP);
    set(part(whole, 0), TaskState.DONE, Desired.FINISH);
    tasks.begun(part(whole, 0));
    SystemActor.run(() -> tasks.start(whole));
    reconciler.step(whole);
    assertThat(ends.startSpec(parts.of(whole).get(0)).mode()).isEqualTo(StartMode.MUST_RESUME);
    assertThat(ends.startSpec(parts.of(whole).get(1)).mode()).isEqualTo(StartMode.FRESH_ALLOWED);
  }

  @Test
  void itsPartsGoWithIt() {
    long whole = running(TaskState.STOPPED, Desired.STOP);
    long one = part(whole, 0);
    SystemActor.run(() -> tasks.delete(whole));
    assertThat(tasks.find(whole)).isEmpty();
    assertThat(tasks.find(one)).isEmpty();
  }

  private List<Integer> links(long whole) {
    return SystemActor.call(() -> syncs.links(whole)).stream().map(LinkStatus::link).toList();
  }

  private void lost(long part, String why) {
    transitions.observe(
        part, TaskTrigger.HOST_LOST, Fault.retryable(FaultCode.MACHINE_UNREACHABLE, why));
  }

  /** By a step that is due again. */
  private void again(long whole) {
    transitions.postpone(whole, Duration.ofSeconds(-1));
    reconciler.step(whole);
  }

  private List<String> whys(long task, TaskTrigger what) {
    return SystemActor.call(() -> tasks.events(task)).stream()
        .filter(event -> event.what() == what)
        .map(TaskEvent::why)
        .toList();
  }

  private void takenInOrder(long whole, Runnable work) {
    List<Long> known = parts.of(whole).stream().map(Task::id).toList();
    statements.forget();
    work.run();
    List<String> told = statements.told();
    int first = firstOf(told, whole);
    assertThat(first).as("the whole's, in %s", told).isNotNegative();
    List<Integer> ofParts =
        known.stream().sorted().map(part -> firstOf(told, part)).filter(at -> at >= 0).toList();
    assertThat(ofParts).isSorted();
    assertThat(ofParts).allMatch(at -> at > first);
    int inserted = firstThat(told, sql -> sql.startsWith("insert"));
    assertThat(inserted).matches(at -> at < 0 || at > first);
  }

  /** Where the row of a task is locked or removed, or one of what is asked of it is changed. */
  private static int firstOf(List<String> told, long task) {
    Pattern ofIt = Pattern.compile("\\b(id|taskId|arg0|param1)=" + task + "\\b|\\[" + task + "\\]");
    return firstThat(
        told,
        sql ->
            (sql.contains("for update") || !sql.startsWith("select")) && ofIt.matcher(sql).find());
  }

  private static int firstThat(List<String> told, Predicate<String> test) {
    return IntStream.range(0, told.size())
        .filter(i -> test.test(told.get(i)))
        .findFirst()
        .orElse(-1);
  }

  private SyncSpec spec(long task) {
    return ends.syncSpec(tasks.wholeOrPart(task), tasks.spec(task));
  }

  private TaskState state(long task) {
    return tasks.wholeOrPart(task).state();
  }

  private List<TaskState> states(long whole) {
    return parts.of(whole).stream().map(Task::state).toList();
  }

  private long part(long whole, int number) {
    return parts.of(whole).get(number).id();
  }

  /** Queued, over two machines, of a cluster of three. */
  private long toBeSpread() {
    long whole = ofACluster(Desired.RUN);
    parts.chooseMachines(whole, List.of(1L, 2L));
    seen.facts =
        "{\"nodes\":["
            + Stream.of("0-5460", "5461-10922", "10923-16383")
                .map(slots -> "{\"slots\":5461,\"slotRanges\":\"" + slots + "\"}")
                .collect(Collectors.joining(","))
            + "]}";
    return whole;
  }

  private long spread(TaskState state, Desired desired) {
    long whole = ofACluster(desired);
    parts.spread(
        tasks.get(whole),
        List.of(
            new TaskParts.Share(1, "host-1", "0-5460"),
            new TaskParts.Share(2, "host-2", "5461-16383")));
    set(whole, state, desired);
    return whole;
  }

  /** Queued, and not in parts. */
  private long ofACluster(Desired desired) {
    long whole = task(TaskState.QUEUED, desired);
    new JdbcTemplate(dataSource)
        .update(
            "update task_spec set source_json = replace(source_json, 'STANDALONE', 'CLUSTER')"
                + " where task_id = ?",
            whole);
    return whole;
  }

  private void set(long task, TaskState state, Desired desired) {
    new JdbcTemplate(dataSource)
        .update(
            "update task set state = ?, desired = ? where id = ?",
            state.name(),
            desired.name(),
            task);
    // A write by way of the mappers makes them forget what they have read in this transaction.
    tasks.acceptEvictions(task, false);
  }

  /** Its parts stand where it does. */
  private long running(TaskState state, Desired desired) {
    long whole = spread(state, desired);
    new JdbcTemplate(dataSource).update("update task set started_at = now() where id = ?", whole);
    parts.of(whole).forEach(part -> set(part.id(), state, desired));
    return whole;
  }

  private static JobReport told(int link, Phase phase) {
    LinkStatus status =
        LinkStatus.of(link, "a:1", "b:1")
            .phase(phase)
            .rdb(1, 1, 1)
            .keys(1, 1)
            .replId("r")
            .offsets(1, 1, 1)
            .inSync(true)
            .build();
    LogLine line = new LogLine(1_000, LogLevel.INFO, link, "said by " + link);
    return new JobReport("job", 3, 7, 1_000, 1, phase, null, List.of(status), List.of(line), null);
  }

  private static JobReport failed(FaultCode code) {
    return new JobReport(
        "job",
        3,
        7,
        1_000,
        1,
        Phase.FAILED,
        Fault.fatal(code, "found"),
        List.of(),
        List.of(),
        null);
  }
}
