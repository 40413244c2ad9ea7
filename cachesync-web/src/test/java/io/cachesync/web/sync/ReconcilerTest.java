package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import io.cachesync.web.agent.AgentFault;
import io.cachesync.web.agent.AgentInstaller;
import io.cachesync.web.agent.AgentService;
import io.cachesync.web.agent.Job;
import io.cachesync.web.agent.JobProbe;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.task.TaskEnds;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTransitions;
import io.cachesync.web.testkit.DatabaseTest;
import java.time.Instant;
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
  @MockitoBean private AgentInstaller installer;

  @BeforeEach
  void noAgent() {
    agents.reset();
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

  private static JobReport report(Phase phase) {
    return new JobReport("job", 3, 7, 1_000, 1, phase, null, List.of(), List.of(), null);
  }

  /** Its last word is long ago, so that its machine is asked. */
  private static Job job(long task) {
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
        null,
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
        state + "1",
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
    private AgentFault refusal;
    private JobProbe probe;
    private Job job;

    void reset() {
      ended.clear();
      launched.clear();
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
      throw refusal;
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
