package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.when;

import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import io.cachesync.web.agent.Job;
import io.cachesync.web.agent.JobProbe;
import io.cachesync.web.machine.MachineGone;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.task.TaskEvent;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTrigger;
import io.cachesync.web.task.TaskWhy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** A task with parts on two machines. */
class SpreadTasksTest extends SpreadCase {
  @Autowired TaskLog log;

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
    assertThat(SystemActor.call(() -> lists.rows(Set.of(whole, part(whole, 0), part(whole, 1)))))
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
    assertThat(SystemActor.call(() -> tasks.events(whole)))
        .extracting(TaskEvent::why)
        .contains(TaskWhy.resharded());
    reconciler.step(whole);
    assertThat(agents.launched).containsExactly(new StartSpec(StartMode.MUST_RESUME, Desired.RUN));
    assertThat(agents.launchedOn).containsExactly(1L);
  }

  @Test
  void whereSlotsMoveWhileAMachineIsLostItGoesOnWhereThatPartIsByNow() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    parts.of(whole).forEach(part -> tasks.begun(part.id()));
    lost(part(whole, 0), "host-1 does not answer");
    reconciler.step(whole);
    assertThat(tasks.get(whole).faultCode()).isEqualTo(FaultCode.MACHINE_UNREACHABLE);
    reports.apply(job(part(whole, 1)), failed(FaultCode.SPREAD_RESHARDED));
    reconciler.step(whole);
    assertThat(tasks.get(whole).faultCode()).isEqualTo(FaultCode.SPREAD_RESHARDED);
    new JdbcTemplate(dataSource)
        .update(
            "update task_spec set machine_id = 2, machine_name = 'host-2' where task_id = ?",
            part(whole, 0));
    parts.chooseMachines(whole, List.of(1L, 2L));
    assertThat(oneJobSinceSlotsMoved(whole)).isFalse();
    parts.of(whole).forEach(part -> set(part.id(), TaskState.STOPPED, Desired.STOP));
    reconciler.step(whole);
    assertThat(parts.of(whole)).isEmpty();
    assertThat(whys(whole, TaskTrigger.PLACED)).containsExactly(TaskWhy.oneJob("host-2"));
    assertThat(oneJobSinceSlotsMoved(whole)).isTrue();
    assertThat(SystemActor.call(() -> tasks.spreadBefore(whole))).containsExactly(1L, 2L);
    reconciler.step(whole);
    assertThat(agents.launchedOn).containsExactly(2L);
    parts.chooseMachines(whole, List.of(1L, 2L));
    assertThat(oneJobSinceSlotsMoved(whole)).as("a person has chosen").isFalse();
  }

  private boolean oneJobSinceSlotsMoved(long whole) {
    return SystemActor.call(() -> tasks.isOneJobSinceSlotsMoved(whole));
  }

  @Test
  void whatItsPartsDidStaysAmongItsEventsOnceTheyAreGone() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    lost(part(whole, 1), "host-2 does not answer");
    List<TaskEvent> before = SystemActor.call(() -> tasks.events(whole));
    assertThat(before).extracting(TaskEvent::who).contains("host-2");
    parts.of(whole).forEach(part -> set(part.id(), TaskState.STOPPED, Desired.STOP));
    assertThat(parts.dissolve(whole)).isTrue();
    assertThat(SystemActor.call(() -> tasks.events(whole))).isEqualTo(before);
  }

  @Test
  void whatTheConsoleSaysOfAPartIsInTheLogOfTheWholeAndOfOneThatHasGoneNowhere() {
    long whole = running(TaskState.INCREMENTAL, Desired.RUN);
    long part = part(whole, 1);
    log.warn(part, "the agent has ended");
    parts.of(whole).forEach(each -> set(each.id(), TaskState.STOPPED, Desired.STOP));
    parts.dissolve(whole);
    log.warn(part, "too late");
    assertThat(
            new JdbcTemplate(dataSource)
                .queryForList("select line from job_log where task_id = ?", String.class, whole))
        .containsExactly("the agent has ended");
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
}
