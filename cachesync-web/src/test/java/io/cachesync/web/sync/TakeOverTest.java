package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.when;

import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.web.agent.AgentFault;
import io.cachesync.web.agent.Job;
import io.cachesync.web.agent.JobProbe;
import io.cachesync.web.machine.MachineGone;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.task.TaskEvent;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTrigger;
import io.cachesync.web.task.TaskWhy;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.jdbc.JdbcTestUtils;

/** What becomes of tasks whose machine does not answer. */
class TakeOverTest extends SyncCase {
  @Test
  void anotherMachineTakesOverFromOneThatDoesNotAnswer() {
    long task = lostSince(task(TaskState.RECOVERING, Desired.RUN), 61);
    agents.job = job(task);
    reconciler.step(task);
    assertThat(agents.launchedOn).containsExactly(2L);
    assertThat(tasks.spec(task).machineId()).isEqualTo(2);
    assertThat(tasks.spec(task).machineName()).isEqualTo("host-2");
    assertThat(tasks.get(task).restarts()).isZero();
    TaskEvent moved = SystemActor.call(() -> tasks.events(task)).get(0);
    assertThat(moved.what()).isEqualTo(TaskTrigger.MOVED);
    assertThat(moved.why())
        .isEqualTo(TaskWhy.all(TaskWhy.away("host-1", 60), TaskWhy.movedTo("host-2")));
    assertThat(losses()).isZero();
  }

  @Test
  void waitsForTheMachineAsLongAsItMay() {
    long task = lostSince(task(TaskState.RECOVERING, Desired.RUN), 50);
    agents.job = job(task);
    agents.probe = new JobProbe(JobProbe.State.UNREACHABLE, -1, "no connection");
    reconciler.step(task);
    assertThat(tasks.spec(task).machineId()).isEqualTo(1);
    assertThat(tasks.get(task).fault().message()).isEqualTo("no connection");
    agents.probe = new JobProbe(JobProbe.State.RUNNING, -1, "the process runs");
    reconciler.step(task);
    assertThat(losses()).isZero();
  }

  @Test
  void anAgentThatReportsIsNotLostThoughItsMachineDoesNotAnswerOverSsh() {
    long task = lostSince(task(TaskState.RECOVERING, Desired.RUN), 100);
    agents.job = heardAt(task, Instant.now().minusSeconds(10));
    agents.probe = new JobProbe(JobProbe.State.UNREACHABLE, -1, "no connection");
    reconciler.step(task);
    assertThat(tasks.spec(task).machineId()).isEqualTo(1);
  }

  @Test
  void aTaskThatMustStayOrHasNowhereToGoSaysSo() {
    long task = lostSince(task(TaskState.RECOVERING, Desired.RUN), 61);
    agents.job = job(task);
    agents.probe = new JobProbe(JobProbe.State.UNREACHABLE, -1, "no connection");
    when(machines.byRoomBut(1L)).thenReturn(List.of());
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.RECOVERING);
    assertThat(tasks.get(task).fault().message())
        .isEqualTo(TaskWhy.all(TaskWhy.away("host-1", 60), TaskWhy.nowhere()));
    new JdbcTemplate(dataSource).update("update task_spec set stay_on_machine = true");
    reconciler.step(task);
    assertThat(tasks.get(task).fault().message()).endsWith(TaskWhy.stays());
    assertThat(agents.launchedOn).isEmpty();
  }

  @Test
  void thePersonsWordThatAMachineIsGoneReleasesItsTasks() {
    long stopping = task(TaskState.STOPPING, Desired.STOP);
    long running = task(TaskState.INCREMENTAL, Desired.RUN);
    agents.open.add(job(running));
    when(machines.find(1)).thenReturn(Optional.of(machine(1, "host-1", "UNREACHABLE")));
    released.release(new MachineGone(1, "host-1", "olga"));
    assertThat(agents.abandoned).containsExactlyElementsOf(agents.open);
    assertThat(tasks.get(stopping).state()).isEqualTo(TaskState.STOPPED);
    TaskEvent stopped = SystemActor.call(() -> tasks.events(stopping)).get(0);
    assertThat(stopped.who()).isEqualTo("olga");
    assertThat(stopped.why()).isEqualTo(TaskWhy.all(TaskWhy.gone("host-1"), TaskWhy.notStopped()));
    assertThat(tasks.get(running).state()).isEqualTo(TaskState.RECOVERING);
    reconciler.step(running);
    assertThat(agents.launchedOn).containsExactly(2L);
  }

  @Test
  void aTaskOfAMachineThatIsGoneWaitsForAnotherOne() {
    long task = task(TaskState.INCREMENTAL, Desired.RUN);
    when(machines.find(1)).thenReturn(Optional.of(machine(1, "host-1", "UNREACHABLE")));
    when(machines.byRoomBut(1L)).thenReturn(List.of());
    agents.refusal = new AgentFault(AgentFault.Code.MACHINE_NOT_READY, "disabled");
    released.release(new MachineGone(1, "host-1", "olga"));
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.RECOVERING);
    assertThat(tasks.get(task).fault().message())
        .isEqualTo(TaskWhy.all(TaskWhy.gone("host-1"), TaskWhy.nowhere()));
    released.release(new MachineGone(1, "host-1", "olga"));
    TaskEvent said = SystemActor.call(() -> tasks.events(task)).get(0);
    assertThat(said.who()).isEqualTo("olga");
    assertThat(said.why())
        .isEqualTo(TaskWhy.all(TaskWhy.goneSaid("host-1", "olga"), TaskWhy.notStopped()));
    agents.refusal = null;
    when(machines.byRoomBut(1L)).thenReturn(List.of(machine(2, "host-2")));
    reconciler.step(task);
    assertThat(agents.launchedOn).containsExactly(2L);
  }

  @Test
  void aStopThatWaitsForALostMachineSaysSo() {
    long task = task(TaskState.STOPPING, Desired.STOP);
    agents.job = job(task);
    agents.probe = new JobProbe(JobProbe.State.UNREACHABLE, -1, "no connection");
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.STOPPING);
    assertThat(tasks.get(task).faultCode()).isEqualTo(FaultCode.MACHINE_UNREACHABLE);
  }

  @Test
  void aStopGoesOnElsewhereUntilAnAgentSaysThatItStopped() {
    long task = lostSince(aged(task(TaskState.STOPPING, Desired.STOP)), 61);
    agents.job = job(task);
    reconciler.step(task);
    assertThat(agents.launchedOn).containsExactly(2L);
    assertThat(agents.launched.get(0).desired()).isEqualTo(Desired.STOP);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.STOPPING);
    assertThat(SystemActor.call(() -> tasks.events(task)).get(0).what())
        .isEqualTo(TaskTrigger.MOVED);

    agents.job = startedNow(task, 2);
    agents.probe = new JobProbe(JobProbe.State.DEAD, 1, "no such process");
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.STOPPING);
    assertThat(tasks.get(task).restarts()).isEqualTo(1);
    assertThat(tasks.get(task).faultCode()).isEqualTo(FaultCode.AGENT_DIED);
    reports.apply(agents.job, report(Phase.STOPPED));
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.STOPPED);
  }

  @Test
  void anAgentThatStoppedIsBelievedByItsExitCode() {
    long task = aged(task(TaskState.STOPPING, Desired.STOP));
    agents.job = startedNow(task, 1);
    agents.probe = new JobProbe(JobProbe.State.DEAD, 130, "no such process");
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.STOPPED);
  }

  @Test
  void aStopThatMustStayOrHasNowhereToGoWaitsAndSaysSo() {
    long task = lostSince(task(TaskState.STOPPING, Desired.STOP), 61);
    agents.job = job(task);
    agents.probe = new JobProbe(JobProbe.State.UNREACHABLE, -1, "no connection");
    when(machines.byRoomBut(1L)).thenReturn(List.of());
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.STOPPING);
    assertThat(tasks.get(task).fault().message()).endsWith(TaskWhy.nowhere());
    assertThat(agents.launchedOn).isEmpty();
  }

  @Test
  void aStopThatCannotBeStartedElsewhereIsTriedAgainLater() {
    long task = lostSince(task(TaskState.STOPPING, Desired.STOP), 61);
    agents.job = job(task);
    agents.refusal = new AgentFault(AgentFault.Code.DIED_AT_START, "out of memory");
    reconciler.step(task);
    transitions.postpone(task, Duration.ofSeconds(-1));
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.STOPPING);
    assertThat(tasks.get(task).restarts()).isEqualTo(2);
    assertThat(tasks.get(task).retryAt()).isAfter(Instant.now());
  }

  private long aged(long task) {
    new JdbcTemplate(dataSource)
        .update("update task set state_since = dateadd(second, -25, state_since)");
    return task;
  }

  /** An agent whose silence was already noticed. */
  private Job startedNow(long task, long machine) {
    return new Job(
        "job",
        String.valueOf(task),
        machine,
        4,
        17,
        4711,
        "boot",
        "/x",
        "",
        6,
        null,
        Instant.now().minusSeconds(20),
        null);
  }

  @Test
  void aMachineThatDoesNotReachAnEndIsPassedOver() {
    long task = lostSince(task(TaskState.RECOVERING, Desired.RUN), 61);
    agents.job = job(task);
    when(machines.byRoomBut(1L)).thenReturn(List.of(machine(2, "host-2"), machine(3, "host-3")));
    seen.unreached.put(2L, "10.0.0.1");
    reconciler.step(task);
    assertThat(agents.launchedOn).containsExactly(3L);
    assertThat(whys(task, TaskTrigger.PASSED_OVER))
        .containsExactly(
            TaskWhy.passedOver(
                "target",
                "host-2",
                Fault.retryable(FaultCode.CONNECTION_REFUSED, "nobody listens")));
  }

  @Test
  void whereNoMachineReachesBothEndsTheTaskWaitsSaysWhyOnceAndLooksAgainLater() {
    long task = lostSince(task(TaskState.RECOVERING, Desired.RUN), 61);
    agents.job = job(task);
    agents.probe = new JobProbe(JobProbe.State.UNREACHABLE, -1, "no connection");
    seen.refusal = new SshFault(SshFault.Code.UNREACHABLE, "no connection", null, "host-2:22");
    for (int i = 0; i < 3; i++) {
      reconciler.step(task);
    }
    assertThat(seen.asked).containsExactly(2L);
    transitions.postpone(task, Duration.ofSeconds(-1));
    reconciler.step(task);
    assertThat(seen.asked).containsExactly(2L, 2L);
    assertThat(agents.launchedOn).isEmpty();
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.RECOVERING);
    assertThat(tasks.get(task).fault().message())
        .isEqualTo(TaskWhy.all(TaskWhy.away("host-1", 60), TaskWhy.noneReaches()));
    assertThat(whys(task, TaskTrigger.PASSED_OVER))
        .containsExactly(
            TaskWhy.passedOver("host-2", TaskWhy.text("ssh.fault.UNREACHABLE", "host-2:22")));
  }

  @Test
  void aStopNeedsNoSource() {
    long task = lostSince(task(TaskState.STOPPING, Desired.STOP), 61);
    agents.job = job(task);
    new JdbcTemplate(dataSource)
        .update("update task_spec set source_json = replace(source_json, '10.0.0.1', '10.0.0.2')");
    seen.unreached.put(2L, "10.0.0.2");
    reconciler.step(task);
    assertThat(agents.launchedOn).containsExactly(2L);
  }

  private List<String> whys(long task, TaskTrigger what) {
    return SystemActor.call(() -> tasks.events(task)).stream()
        .filter(event -> event.what() == what)
        .map(TaskEvent::why)
        .toList();
  }

  private long lostSince(long task, long secondsAgo) {
    new JdbcTemplate(dataSource)
        .update(
            "insert into host_loss (task_id, machine_id, since, gone) values (?, 1, ?, false)",
            task,
            LocalDateTime.ofInstant(
                Instant.now().minusSeconds(secondsAgo), ZoneId.systemDefault()));
    return task;
  }

  private int losses() {
    return JdbcTestUtils.countRowsInTable(new JdbcTemplate(dataSource), "host_loss");
  }
}
