package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.StartSpec;
import io.cachesync.web.agent.AgentFault;
import io.cachesync.web.agent.JobProbe;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskWhy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the console makes of probes and starts. */
class ReconcilerTest extends SyncCase {
  @Test
  void aTaskWhoseAgentIsStartedByAnotherConsoleIsNotGivenUp() {
    long task = task(TaskState.STARTING, Desired.RUN);
    agents.refusal = new AgentFault(AgentFault.Code.JOB_RUNS, "job");
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.STARTING);
  }

  @Test
  void aFinishWhoseAgentCannotBeStartedFailsInsteadOfTryingForEver() {
    long task = task(TaskState.FINISHING, Desired.FINISH);
    agents.refusal = new AgentFault(AgentFault.Code.MACHINE_NOT_READY, "machine 1");
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.RECOVERING);
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.FAILED);
    assertThat(tasks.get(task).faultCode()).isEqualTo(FaultCode.AGENT_NOT_STARTED);
  }

  @Test
  void anExitCodeOfZeroCountsWhenTheLastReportWasLost() {
    long task = task(TaskState.FINISHING, Desired.FINISH);
    agents.job = job(task);
    agents.probe = new JobProbe(JobProbe.State.DEAD, 0, "no such process");
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.DONE);
    assertThat(agents.ended).containsExactly(agents.job);
  }

  @Test
  void aTaskWhoseAgentDiedWhileItTriedAgainSaysSo() {
    long task = task(TaskState.INCREMENTAL, Desired.RUN);
    Fault lost = Fault.retryable(FaultCode.CONNECTION_LOST, "told");
    reports.apply(
        job(task),
        new JobReport("job", 3, 7, 1_000, 1, Phase.RETRYING, lost, List.of(), List.of(), null));
    agents.job = job(task);
    agents.probe = new JobProbe(JobProbe.State.DEAD, -1, "no such process");
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.RECOVERING);
    assertThat(tasks.get(task).faultCode()).isEqualTo(FaultCode.AGENT_DIED);
  }

  @Test
  void anAgentThatStandsStillIsEndedAndTheTaskSaysSo() {
    long task = task(TaskState.INCREMENTAL, Desired.RUN);
    agents.job = job(task);
    agents.probe = new JobProbe(JobProbe.State.RUNNING, -1, 7, "the process runs");
    frozen.look(agents.job, agents.probe, Instant.now().minus(frozen.patience()));
    reconciler.step(task);
    assertThat(agents.killed).containsExactly("job");
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.RECOVERING);
    assertThat(tasks.get(task).fault().message())
        .isEqualTo(TaskWhy.stoodStill(frozen.patience().toSeconds()));
    assertThat(tasks.get(task).restarts()).isEqualTo(1);
  }

  @Test
  void onceAFullSyncHasBegunEachStartMustResume() {
    long task = task(TaskState.STARTING, Desired.RUN);
    assertThat(launched(task)).isEqualTo(StartSpec.fresh());
    reports.apply(job(task), report(Phase.FULL_SYNC));
    assertThat(launched(task)).isEqualTo(new StartSpec(StartMode.MUST_RESUME, Desired.RUN));
  }

  @Test
  void anAgentIsStartedWithWhatIsWantedOfIt() {
    assertThat(launched(task(TaskState.FINISHING, Desired.REMOVE)).desired())
        .isEqualTo(Desired.REMOVE);
    assertThat(launched(task(TaskState.STARTING, Desired.PAUSE)).desired())
        .isEqualTo(Desired.PAUSE);
  }

  @Test
  void saysInTheReadersLanguageThatAnEndpointLeadsElsewhereByNow() {
    long task = task(TaskState.STARTING, Desired.RUN);
    JdbcTemplate jdbc = new JdbcTemplate(dataSource);
    jdbc.update(
        "insert into endpoint (id, name, topology, addresses, created_at, updated_at)"
            + " values (6, 'orders', 'STANDALONE', '10.0.0.9:6379', now(), now())");
    jdbc.update("update task_spec set target_endpoint_id = 6 where task_id = ?", task);
    reconciler.step(task);
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.FAILED);
    assertThat(tasks.get(task).faultMessage())
        .isEqualTo(TaskWhy.notStarted(TaskWhy.text("task.refused.endpointMovedSince", "b")));
    assertThat(agents.launched).isEmpty();
  }

  private StartSpec launched(long task) {
    agents.refusal = new AgentFault(AgentFault.Code.JOB_RUNS, "job");
    // The first step may only note that no agent runs.
    reconciler.step(task);
    reconciler.step(task);
    return agents.launched.get(agents.launched.size() - 1);
  }

  /** As one that is too busy for a further channel. */
  @ParameterizedTest
  @EnumSource(
      value = SshFault.Code.class,
      names = {"UNREACHABLE", "NO_CHANNEL"})
  void aMachineThatIsAwayUsesUpNoRestart(SshFault.Code code) {
    long task = task(TaskState.STARTING, Desired.RUN);
    agents.refusal = new SshFault(code, "no connection", null, "host-1:22");
    for (int i = 0; i < 30; i++) {
      reconciler.step(task);
      assertThat(tasks.get(task).retryAt()).isNotNull();
      transitions.postpone(task, Duration.ofSeconds(-1));
    }
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.RECOVERING);
    assertThat(tasks.get(task).restarts()).isZero();
    assertThat(tasks.get(task).faultCode()).isEqualTo(FaultCode.MACHINE_UNREACHABLE);
  }

  @Test
  void whatIsSeenToFailUsesUpRestarts() {
    long task = task(TaskState.INCREMENTAL, Desired.RUN);
    agents.job = job(task);
    agents.probe = new JobProbe(JobProbe.State.DEAD, 137, "no such process");
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.RECOVERING);
    assertThat(tasks.get(task).restarts()).isEqualTo(1);
    agents.job = null;
    agents.refusal = new AgentFault(AgentFault.Code.DIED_AT_START, "out of memory");
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.RECOVERING);
    assertThat(tasks.get(task).restarts()).isEqualTo(2);
  }

  @Test
  void waitsForAMachineThatIsBeingTested() {
    long task = task(TaskState.STARTING, Desired.RUN);
    agents.refusal = Refusal.conflict("machine.refused.busy", "host-1");
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.STARTING);
    assertThat(tasks.get(task).retryAt()).isAfter(Instant.now());
    transitions.forgetRestarts(task);
    agents.refusal = null;
    reconciler.step(task);
    assertThat(agents.launchedOn).containsExactly(1L);
  }
}
