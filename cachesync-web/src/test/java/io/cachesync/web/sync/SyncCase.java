package io.cachesync.web.sync;

import static org.mockito.Mockito.when;

import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Desired;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.web.agent.AgentInstaller;
import io.cachesync.web.agent.Job;
import io.cachesync.web.endpoint.EndpointProbe;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.LoginKind;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.machine.MachineState;
import io.cachesync.web.machine.ReportRoute;
import io.cachesync.web.task.TaskEnds;
import io.cachesync.web.task.TaskLists;
import io.cachesync.web.task.TaskParts;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTransitions;
import io.cachesync.web.task.TaskViews;
import io.cachesync.web.testkit.DatabaseTest;
import io.cachesync.web.testkit.Statements;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

/** Tasks, two machines, and an agent that is only told of. */
@DatabaseTest
@Import({
  JacksonAutoConfiguration.class,
  EndpointService.class,
  TaskService.class,
  TaskLists.class,
  TaskTransitions.class,
  TaskEnds.class,
  TaskParts.class,
  TaskViews.class,
  SpreadTasks.class,
  Shares.class,
  TaskLog.class,
  SyncReports.class,
  SyncDirectives.class,
  SyncService.class,
  TakeOver.class,
  FrozenAgents.class,
  Reach.class,
  EndpointProbe.class,
  SeenEnds.class,
  ReleasedTasks.class,
  Reconciler.class,
  ToldAgents.class,
  Statements.class,
  SyncCase.Texts.class
})
abstract class SyncCase {
  @Autowired Reconciler reconciler;
  @Autowired FrozenAgents frozen;
  @Autowired SyncReports reports;
  @Autowired SyncDirectives directives;
  @Autowired TaskService tasks;
  @Autowired TaskLists lists;
  @Autowired ToldAgents agents;
  @Autowired SeenEnds seen;
  @Autowired DataSource dataSource;
  @Autowired ReleasedTasks released;
  @Autowired SyncService syncs;
  @Autowired TaskTransitions transitions;
  @Autowired Statements statements;
  @MockitoBean AgentInstaller installer;
  @MockitoBean MachineService machines;

  @TestConfiguration(proxyBeanMethods = false)
  static class Texts {
    @Bean
    MessageSource messageSource() {
      ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
      messages.setBasenames("messages/task", "messages/sync");
      return messages;
    }
  }

  @BeforeEach
  void noAgent() {
    agents.reset();
    statements.forget();
    when(machines.find(1)).thenReturn(Optional.of(machine(1, "host-1")));
    when(machines.find(2)).thenReturn(Optional.of(machine(2, "host-2")));
    when(machines.byRoomBut(1L)).thenReturn(List.of(machine(2, "host-2")));
    seen.clear();
  }

  static Machine machine(long id, String name) {
    return machine(id, name, null);
  }

  static Machine machine(long id, String name, String faultCode) {
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

  static JobReport report(Phase phase, List<DeadLetter> letters) {
    LinkStatus link =
        LinkStatus.of(0, "a:1", "b:1")
            .phase(phase)
            .rdb(1, 1, 1)
            .keys(1, 1)
            .replId("r")
            .offsets(1, 1, 1)
            .lag(0, 0)
            .survivalMillis(0)
            .inSync(true)
            .ledger(null)
            .heals(List.of(), letters, 0)
            .build();
    return new JobReport("job", 3, 7, 1_000, 1, phase, null, List.of(link), List.of(), null);
  }

  static JobReport report(Phase phase) {
    return new JobReport("job", 3, 7, 1_000, 1, phase, null, List.of(), List.of(), null);
  }

  /** Its last word is long ago, so that its machine is asked. */
  static Job job(long task) {
    return heardAt(task, null);
  }

  static Job heardAt(long task, Instant lastReportAt) {
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

  final long task(TaskState state, Desired desired) {
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
}
