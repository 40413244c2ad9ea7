package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.when;

import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import io.cachesync.web.agent.AgentFault;
import io.cachesync.web.agent.AgentInstaller;
import io.cachesync.web.agent.AgentService;
import io.cachesync.web.agent.Job;
import io.cachesync.web.agent.JobLeftover;
import io.cachesync.web.agent.JobProbe;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.LoginKind;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineGone;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.machine.MachineState;
import io.cachesync.web.machine.ReportRoute;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.TaskEnds;
import io.cachesync.web.task.TaskEvent;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTransitions;
import io.cachesync.web.task.TaskTrigger;
import io.cachesync.web.task.TaskWhy;
import io.cachesync.web.testkit.DatabaseTest;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.jdbc.JdbcTestUtils;

/** What the console makes of reports and probes, with an agent that is only told of. */
@DatabaseTest
@Import({
  JacksonAutoConfiguration.class,
  EndpointService.class,
  TaskService.class,
  TaskTransitions.class,
  TaskEnds.class,
  TaskLog.class,
  SyncReports.class,
  SyncDirectives.class,
  SyncService.class,
  TakeOver.class,
  ReleasedTasks.class,
  Reconciler.class,
  ReconcilerTest.Agents.class
})
class ReconcilerTest {
  @Autowired private Reconciler reconciler;
  @Autowired private SyncReports reports;
  @Autowired private SyncDirectives directives;
  @Autowired private TaskService tasks;
  @Autowired private Agents agents;
  @Autowired private DataSource dataSource;
  @Autowired private ReleasedTasks released;
  @Autowired private SyncService syncs;
  @Autowired private TaskTransitions transitions;
  @MockitoBean private AgentInstaller installer;
  @MockitoBean private MachineService machines;

  @BeforeEach
  void noAgent() {
    agents.reset();
    when(machines.find(1)).thenReturn(Optional.of(machine(1, "host-1")));
    when(machines.leastLoadedBut(1L)).thenReturn(Optional.of(machine(2, "host-2")));
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"CONNECTING", "FULL_SYNC_WAITING", "RETRYING"})
  void anAgentThatHasNotTouchedTheTargetLeavesTheTaskToBeginAfreshAgain(Phase phase) {
    long task = task(TaskState.STARTING, Desired.RUN);
    reports.apply(job(task), report(phase));
    assertThat(tasks.spec(task).afresh()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"FULL_SYNC", "INCREMENTAL"})
  void aFullSyncThatHasBegunIsNotBegunAfreshByARestart(Phase phase) {
    long task = task(TaskState.STARTING, Desired.RUN);
    reports.apply(job(task), report(phase));
    assertThat(tasks.spec(task).afresh()).isFalse();
  }

  @Test
  void theFormerAgentDoesNotTakeBackThatTheNextOneBeginsAfresh() {
    long task = task(TaskState.QUEUED, Desired.RUN);
    reports.apply(job(task), report(Phase.INCREMENTAL));
    assertThat(tasks.spec(task).afresh()).isTrue();
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.QUEUED);
  }

  @Test
  void aPauseThatIsNotWantedAnyMoreIsAnOldOne() {
    long task = task(TaskState.RECOVERING, Desired.RUN);
    reports.apply(job(task), report(Phase.PAUSED));
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.RECOVERING);
    reports.apply(job(task), report(Phase.INCREMENTAL));
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.INCREMENTAL);
  }

  @Test
  void anAgentWhoseTaskIsOverIsToldToStop() {
    long failed = task(TaskState.FAILED, Desired.RUN);
    long queued = task(TaskState.QUEUED, Desired.RUN);
    long running = task(TaskState.INCREMENTAL, Desired.RUN);
    assertThat(directives.directiveFor(job(failed), 1).desired()).isEqualTo(Desired.STOP);
    assertThat(directives.directiveFor(job(queued), 1).desired()).isEqualTo(Desired.STOP);
    assertThat(directives.directiveFor(job(running), 1).desired()).isEqualTo(Desired.RUN);
  }

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

  /** The job that only removes our keys has not read what could not be healed. */
  @Test
  void aFinishedTaskKeepsItsDeadLettersAndItsEventNamesThem() {
    long task = task(TaskState.INCREMENTAL, Desired.RUN);
    DeadLetter letter = new DeadLetter(9, 0, "HSET", "key", "", "too large");
    reports.apply(job(task), report(Phase.INCREMENTAL, List.of(letter)));
    assertThat(tasks.progress(task).orElseThrow().deadLetters()).isEqualTo(1);
    reports.apply(job(task), report(Phase.CONNECTING, List.of()));
    reports.apply(job(task), report(Phase.DONE, List.of()));
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.DONE);
    assertThat(SystemActor.call(() -> syncs.links(task)).get(0).deadLetters())
        .containsExactly(letter);
    assertThat(SystemActor.call(() -> tasks.events(task)).get(0).why())
        .isEqualTo(TaskWhy.deadLetters(1));
  }

  /** A full sync copies everything anew. */
  @Test
  void aNewFullSyncForgetsFormerDeadLetters() {
    long task = task(TaskState.STARTING, Desired.RUN);
    DeadLetter letter = new DeadLetter(9, 0, "HSET", "key", "", "too large");
    reports.apply(job(task), report(Phase.INCREMENTAL, List.of(letter)));
    reports.apply(job(task), report(Phase.FULL_SYNC, List.of()));
    assertThat(SystemActor.call(() -> syncs.links(task)).get(0).deadLetters()).isEmpty();
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

  private StartSpec launched(long task) {
    agents.refusal = new AgentFault(AgentFault.Code.JOB_RUNS, "job");
    // The first step may only note that no agent runs.
    reconciler.step(task);
    reconciler.step(task);
    return agents.launched.get(agents.launched.size() - 1);
  }

  @Test
  void aLinkIsInSyncOnlyWhileItsTaskGoesOnAndReportsCome() {
    long task = task(TaskState.INCREMENTAL, Desired.RUN);
    reports.apply(job(task), inSync());
    assertThat(isInSync(task)).isTrue();
    transitions.observe(task, TaskTrigger.HOST_LOST, "no connection");
    assertThat(isInSync(task)).isFalse();
    reports.apply(job(task), inSync());
    assertThat(isInSync(task)).isTrue();
    new JdbcTemplate(dataSource)
        .update("update link_status set reported_at = dateadd(second, -6, reported_at)");
    transitions.postpone(task, Duration.ZERO);
    assertThat(isInSync(task)).isFalse();
  }

  private boolean isInSync(long task) {
    return SystemActor.call(() -> syncs.links(task)).get(0).inSync();
  }

  private static JobReport inSync() {
    return report(Phase.INCREMENTAL, List.of());
  }

  private static JobReport report(Phase phase, List<DeadLetter> letters) {
    LinkStatus link =
        new LinkStatus(
            0, "a:1", "b:1", phase, 1, 1, 1, 1, 1, "r", 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, true, 0, null,
            0, List.of(), letters);
    return new JobReport("job", 3, 7, 1_000, 1, phase, null, List.of(link), List.of(), null);
  }

  @Test
  void aMachineThatIsAwayUsesUpNoRestart() {
    long task = task(TaskState.STARTING, Desired.RUN);
    agents.refusal = new SshFault(SshFault.Code.UNREACHABLE, "no connection", null, "host-1:22");
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
    assertThat(moved.why()).contains("host-1 has not answered for 60 s", "host-2");
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
    when(machines.leastLoadedBut(1L)).thenReturn(Optional.empty());
    reconciler.step(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.RECOVERING);
    assertThat(tasks.get(task).fault().message())
        .contains("host-1 has not answered", "no other machine is ready");
    new JdbcTemplate(dataSource).update("update task_spec set stay_on_machine = true");
    reconciler.step(task);
    assertThat(tasks.get(task).fault().message()).contains("set to stay there");
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
    assertThat(stopped.why()).contains("not seen to stop");
    assertThat(tasks.get(running).state()).isEqualTo(TaskState.RECOVERING);
    reconciler.step(running);
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

  private static Machine machine(long id, String name) {
    return machine(id, name, null);
  }

  private static Machine machine(long id, String name, String faultCode) {
    return new Machine(
        id,
        name,
        name,
        22,
        "root",
        LoginKind.KEY,
        "",
        4,
        "/base",
        "ssh-ed25519 SHA256:x",
        MachineState.READY,
        faultCode,
        null,
        null,
        null,
        null,
        1,
        1,
        "/usr/bin/java",
        "17",
        "/base",
        "00",
        ReportRoute.FORWARD,
        1,
        Instant.EPOCH);
  }

  private static JobReport report(Phase phase) {
    return new JobReport("job", 3, 7, 1_000, 1, phase, null, List.of(), List.of(), null);
  }

  /** Its last word is long ago, so that its machine is asked. */
  private static Job job(long task) {
    return heardAt(task, null);
  }

  private static Job heardAt(long task, Instant lastReportAt) {
    return new Job(
        "job",
        String.valueOf(task),
        1,
        3,
        17,
        4711,
        "boot",
        "/x",
        "",
        6,
        lastReportAt,
        Instant.EPOCH,
        null);
  }

  private long task(TaskState state, Desired desired) {
    JdbcTemplate jdbc = new JdbcTemplate(dataSource);
    jdbc.update(
        """
        insert into task (uid, name, owner, wizard_step, state, desired, state_since, created_at)
        values (?, 'move orders', 'olga', 4, ?, ?, now(), now())
        """,
        state + "1" + desired,
        state.name(),
        desired.name());
    Long id = jdbc.queryForObject("select max(id) from task", Long.class);
    String end = "{\"topology\":\"STANDALONE\",\"addresses\":[\"10.0.0.1:6379\"],\"user\":\"\"}";
    jdbc.update(
        """
        insert into task_spec (task_id, source_label, source_json, target_label, target_json,
          sync_mode, database_list, on_exists, machine_id, machine_name, lag_bound_millis,
          restart_limit, afresh)
        values (?, 'a', ?, 'b', ?, 'SYNC', '', 'REFUSE', 1, 'host-1', 2000, 20, true)
        """,
        id,
        end,
        end);
    return id;
  }

  /** Agents as the test wants them to be. */
  static final class Agents implements AgentService {
    private final List<Job> ended = new ArrayList<>();
    private final List<StartSpec> launched = new ArrayList<>();
    private final List<Job> open = new ArrayList<>();
    private final List<Job> abandoned = new ArrayList<>();
    private final List<Long> launchedOn = new ArrayList<>();
    private RuntimeException refusal;
    private JobProbe probe;
    private Job job;

    void reset() {
      ended.clear();
      launched.clear();
      open.clear();
      abandoned.clear();
      launchedOn.clear();
      refusal = null;
      probe = null;
      job = null;
    }

    @Override
    public Job launch(
        String jobId,
        String taskId,
        long machineId,
        SyncSpec sync,
        StartSpec start,
        JobSecrets secrets) {
      launched.add(start);
      if (refusal != null) {
        throw refusal;
      }
      launchedOn.add(machineId);
      return job(Long.parseLong(taskId));
    }

    @Override
    public JobProbe probe(String jobId) {
      return probe;
    }

    @Override
    public void kill(String jobId) {}

    @Override
    public List<String> tailLog(String jobId, int lines) {
      return List.of();
    }

    @Override
    public void markEnded(Job over) {
      ended.add(over);
    }

    @Override
    public void abandon(Job over) {
      abandoned.add(over);
    }

    @Override
    public List<JobLeftover> dueLeftovers() {
      return List.of();
    }

    @Override
    public void clearLeftover(long id) {}

    @Override
    public List<Job> openOn(long machineId) {
      return List.copyOf(open);
    }

    @Override
    public void removeDirectory(String jobId) {}

    @Override
    public Optional<Job> find(String jobId) {
      return Optional.ofNullable(job);
    }

    @Override
    public List<Job> jobsOfTask(String taskId) {
      return List.of();
    }
  }
}
