package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

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
import io.cachesync.web.agent.JobProbe;
import io.cachesync.web.security.SystemActor;
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
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** A task with parts on two machines. */
class SpreadTasksTest extends SyncCase {
  @Autowired TaskParts parts;
  @Autowired TaskEnds ends;
  @Autowired TaskViews views;

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
    assertThat(state(whole)).isEqualTo(TaskState.INCREMENTAL);
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
    assertThat(shown.get(1).slotText()).isEqualTo("5461-16383");
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

  private long spread(TaskState state, Desired desired) {
    long whole = task(state, desired);
    new JdbcTemplate(dataSource)
        .update(
            "update task_spec set source_json = replace(source_json, 'STANDALONE', 'CLUSTER')"
                + " where task_id = ?",
            whole);
    parts.spread(
        tasks.get(whole),
        List.of(
            new TaskParts.Share(1, "host-1", "0-5460"),
            new TaskParts.Share(2, "host-2", "5461-16383")));
    return whole;
  }

  /** Its parts stand where it does. */
  private long running(TaskState state, Desired desired) {
    long whole = spread(state, desired);
    JdbcTemplate jdbc = new JdbcTemplate(dataSource);
    jdbc.update("update task set started_at = now() where id = ?", whole);
    for (Task part : parts.of(whole)) {
      jdbc.update(
          "update task set state = ?, desired = ? where id = ?",
          state.name(),
          desired.name(),
          part.id());
    }
    // A write by way of the mappers makes them forget what they have read in this transaction.
    transitions.forgetRestarts(whole);
    return whole;
  }

  private static JobReport told(int link, Phase phase) {
    LinkStatus status =
        new LinkStatus(
            link, "a:1", "b:1", phase, 1, 1, 1, 1, 1, "r", 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, true, 0,
            null, 0, List.of(), List.of(), 0);
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
