package io.cachesync.web.precheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.PrecheckSpec;
import io.cachesync.contract.Severity;
import io.cachesync.web.agent.AgentFault;
import io.cachesync.web.agent.ContractJson;
import io.cachesync.web.agent.ForegroundAgent;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.schedule.Claims;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.TaskEnds;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTransitions;
import io.cachesync.web.testkit.DatabaseTest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.test.context.support.WithMockUser;

@DatabaseTest
@Import({
  JacksonAutoConfiguration.class,
  EndpointService.class,
  TaskService.class,
  TaskTransitions.class,
  TaskEnds.class,
  Claims.class,
  PrecheckStore.class,
  PrecheckRunner.class,
  PrecheckService.class,
  PrecheckServiceTest.Agent.class
})
@WithMockUser(username = "olga", roles = "OPERATOR")
class PrecheckServiceTest {
  @Autowired private PrecheckService prechecks;
  @Autowired private PrecheckRunner runner;
  @Autowired private TaskService tasks;
  @Autowired private Agent agent;
  @Autowired private DataSource dataSource;
  private long task;

  @Autowired private TaskEnds ends;

  @BeforeEach
  void oneTask() {
    agent.reset();
    task = insertTask("move orders", "PRECHECKING", "");
  }

  @Test
  void aCleanPrecheckMakesTheTaskReady() {
    agent.says(pass(PrecheckCode.ROLES));
    runner.precheck(task);

    assertThat(tasks.get(task).state()).isEqualTo(TaskState.READY);
    assertThat(prechecks.mayStart(task)).isTrue();
    assertThat(tasks.start(task).state()).isEqualTo(TaskState.QUEUED);
    assertThat(agent.spec.sync().source().addresses()).containsExactly("10.0.0.1:6379");
    assertThat(agent.spec.consoleMillis()).isPositive();
  }

  @Test
  void whatWasFoundIsOfTheTaskAsItWasOnceItIsSavedAgain() {
    agent.says(pass(PrecheckCode.ROLES));
    runner.precheck(task);
    prechecks.changed(task);

    assertThat(prechecks.run(task).orElseThrow().outdated()).isTrue();
    assertThat(prechecks.findings(task)).hasSize(1);
    assertThat(prechecks.mayStart(task)).isFalse();
  }

  /** The page does not offer it; a program is told why. */
  @Test
  void whatIsOfTheTaskAsItWasCannotBeAcknowledged() {
    agent.says(warning(PrecheckCode.TARGET_EVICTION_POLICY));
    runner.precheck(task);
    prechecks.changed(task);
    long id = prechecks.findings(task).get(0).id();

    assertRefused(() -> prechecks.acknowledge(task, id), "precheck.refused.outdated");
    assertRefused(
        () -> prechecks.acknowledge(task, Set.of("TARGET_EVICTION_POLICY")),
        "precheck.refused.outdated");
    assertThat(prechecks.findings(task)).singleElement().matches(StoredFinding::open);
    assertThat(acceptsEvictions()).isFalse();
    assertRefused(() -> prechecks.check(task), "precheck.refused.outdated");
  }

  /** A precheck that was stopped may still run while the draft is edited. */
  @Test
  void whatIsSavedWhileItRunsOutdatesItToo() {
    agent.says(pass(PrecheckCode.ROLES)).before(() -> prechecks.changed(task));
    runner.precheck(task);
    assertThat(prechecks.run(task).orElseThrow().outdated()).isTrue();
  }

  @Test
  void aWarningMustBeAcknowledgedByNameBeforeTheStart() {
    agent.says(pass(PrecheckCode.ROLES), warning(PrecheckCode.SHORT_EXPIRY));
    runner.precheck(task);

    assertThat(tasks.get(task).state()).isEqualTo(TaskState.READY);
    assertRefused(() -> tasks.start(task), "precheck.refused.unacknowledged");
    assertRefused(() -> tasks.startAfresh(task), "precheck.refused.unacknowledged");

    StoredFinding warning = prechecks.findings(task).get(1);
    prechecks.acknowledge(task, warning.id());
    assertThat(prechecks.findings(task).get(1).acknowledgedBy()).isEqualTo("olga");
    assertThat(prechecks.findings(task).get(1).acknowledgedAt()).isNotNull();
    assertThat(audit()).contains("olga precheck.acknowledge move orders SHORT_EXPIRY: found");
    assertThat(tasks.start(task).state()).isEqualTo(TaskState.QUEUED);
  }

  @Test
  void programsAcknowledgeByCodeAndAreToldWhichOnesAreOpen() {
    agent.says(
        pass(PrecheckCode.ROLES),
        warning(PrecheckCode.SHORT_EXPIRY),
        warning(PrecheckCode.CLOCK_SKEW));
    runner.precheck(task);

    assertThatThrownBy(() -> tasks.start(task))
        .hasMessageContaining("SHORT_EXPIRY, CLOCK_SKEW")
        .hasMessageContaining(String.valueOf(task));
    assertRefused(() -> prechecks.acknowledge(task, Set.of()), "precheck.refused.noCode");
    assertThatThrownBy(() -> prechecks.acknowledge(task, Set.of("SHORT_EXPIRY", "ROLES")))
        .hasMessageContaining("[ROLES, SHORT_EXPIRY, CLOCK_SKEW]");
    assertThat(prechecks.findings(task).get(1).open()).as("nothing by halves").isTrue();

    prechecks.acknowledge(task, Set.of("SHORT_EXPIRY"));
    prechecks.acknowledge(task, Set.of("SHORT_EXPIRY", "CLOCK_SKEW"));
    assertThat(prechecks.mayStart(task)).isTrue();
    prechecks.acknowledge(task, Set.of());
    assertRefused(
        () -> prechecks.acknowledge(task, Set.of("DATABASES")), "precheck.refused.noneOpen");
  }

  /** 4: an end that cannot be reached, or refuses the login. */
  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  void whatBlocksCanNeitherBeAcknowledgedNorSkipped(int exit) {
    agent.says(block(PrecheckCode.SOURCE_IS_NOT_TARGET)).exits(exit);
    runner.precheck(task);
    assertThat(prechecks.run(task)).get().extracting("outcome").hasToString("BLOCKED");

    assertThat(tasks.get(task).state()).isEqualTo(TaskState.DRAFT);
    assertThat(prechecks.mayStart(task)).isFalse();
    long id = prechecks.findings(task).get(0).id();
    assertRefused(() -> prechecks.acknowledge(task, id), "precheck.refused.block");
    assertRefused(() -> tasks.start(task), "task.refused.START");
  }

  @Test
  void runningAgainForgetsWhatWasAcknowledged() {
    agent.says(warning(PrecheckCode.SHORT_EXPIRY));
    runner.precheck(task);
    prechecks.acknowledge(task, prechecks.findings(task).get(0).id());

    tasks.precheck(task);
    runner.precheck(task);
    assertThat(prechecks.findings(task)).singleElement().matches(StoredFinding::open);
    assertThat(prechecks.mayStart(task)).isFalse();
  }

  @Test
  void anAcknowledgedEvictionIsAcceptedUntilTheNextPrecheck() {
    agent.says(warning(PrecheckCode.SHORT_EXPIRY), warning(PrecheckCode.TARGET_EVICTION_POLICY));
    runner.precheck(task);
    prechecks.acknowledge(task, prechecks.findings(task).get(0).id());
    assertThat(acceptsEvictions()).isFalse();
    prechecks.acknowledge(task, prechecks.findings(task).get(1).id());
    assertThat(acceptsEvictions()).isTrue();

    tasks.precheck(task);
    runner.precheck(task);
    assertThat(acceptsEvictions()).isFalse();
  }

  private boolean acceptsEvictions() {
    return ends.syncSpec(tasks.get(task), tasks.spec(task)).acceptEvictions();
  }

  @Test
  void aMachineThatCannotBeAskedBlocksAndSaysWhy() {
    agent.fails(new AgentFault(AgentFault.Code.NOT_INSTALLED, "host-1"));
    runner.precheck(task);

    assertThat(tasks.get(task).state()).isEqualTo(TaskState.DRAFT);
    assertThat(prechecks.run(task))
        .get()
        .extracting("faultKey")
        .isEqualTo("agent.fault.NOT_INSTALLED");
    assertThat(prechecks.run(task).orElseThrow().faultArgumentArray()).containsExactly("host-1");
  }

  @Test
  void anAgentThatEndsEarlyIsNoPass() {
    agent.says(pass(PrecheckCode.ROLES)).exits(1);
    runner.precheck(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.DRAFT);

    tasks.precheck(task);
    agent.reset();
    runner.precheck(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.DRAFT);
    assertThat(prechecks.run(task)).get().extracting("faultKey").isEqualTo("precheck.fault.agent");
  }

  @Test
  void tellsTheAgentWhichTasksWriteToWhichNodes() {
    PrecheckFinding identity =
        new PrecheckFinding(
            PrecheckCode.SOURCE_IS_NOT_TARGET,
            Severity.PASS,
            "",
            "found",
            "",
            "",
            Map.of("sourceRunId", "aaa", "targetRunId", "bbb"));
    agent.says(identity);
    runner.precheck(task);
    tasks.start(task);

    long other = insertTask("second", "PRECHECKING", "0,1");
    runner.precheck(other);
    assertThat(agent.spec.otherTasks())
        .containsExactly(new PrecheckSpec.OtherTask("move orders", "bbb", List.of()));

    // What counts is where its databases become.
    new JdbcTemplate(dataSource)
        .update(
            "update task_spec set database_list = '3', filter_json = ? where task_id = ?",
            "{\"databaseMap\":{\"3\":0},\"publish\":false}",
            task);
    tasks.precheck(other);
    runner.precheck(other);
    assertThat(agent.spec.otherTasks())
        .containsExactly(new PrecheckSpec.OtherTask("move orders", "bbb", List.of(0)));
  }

  @Test
  void ofShardsThatAreToBeSpreadTheAgentKnowsThat() {
    JdbcTemplate jdbc = new JdbcTemplate(dataSource);
    runner.precheck(task);
    assertThat(agent.spec.sync().spreads()).isFalse();
    jdbc.update(
        "update task_spec set spread_machine_ids = ',1,2,', source_json = ? where task_id = ?",
        "{\"topology\":\"CLUSTER\",\"addresses\":[\"c:1\"],\"user\":\"\"}",
        task);
    precheckAgain();
    assertThat(agent.spec.sync().slots()).isEqualTo("0-16383");
    jdbc.update("update task_spec set on_exists = 'REPLACE' where task_id = ?", task);
    precheckAgain();
    assertThat(agent.spec.sync().spreads()).as("what cannot be spread any more").isFalse();
  }

  private void precheckAgain() {
    tasks.precheck(task);
    runner.precheck(task);
  }

  @Test
  void aTaskThatWasStoppedMeanwhileStaysADraft() {
    agent.says(pass(PrecheckCode.ROLES)).before(() -> tasks.stop(task));
    runner.precheck(task);

    assertThat(tasks.get(task).state()).isEqualTo(TaskState.DRAFT);
  }

  @Test
  void whatWasFoundBeforeAnotherPrecheckWasAskedForDoesNotCount() {
    agent
        .says(pass(PrecheckCode.ROLES))
        .before(
            () -> {
              tasks.stop(task);
              tasks.precheck(task);
            });
    runner.precheck(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.PRECHECKING);
    assertThat(prechecks.mayStart(task)).isFalse();

    agent.before(() -> {});
    runner.precheck(task);
    assertThat(tasks.get(task).state()).isEqualTo(TaskState.READY);
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void isAcknowledgedByOperatorsOnly() {
    assertThatThrownBy(() -> prechecks.acknowledge(task, 1))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> prechecks.acknowledge(task, Set.of("ROLES")))
        .isInstanceOf(AccessDeniedException.class);
    assertThat(prechecks.findings(task)).isEmpty();
  }

  private static void assertRefused(Runnable call, String key) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.key()).isEqualTo(key));
  }

  private List<String> audit() {
    return new JdbcTemplate(dataSource)
        .query(
            "select actor, action, subject, detail from audit_event",
            (row, number) ->
                String.join(
                    " ", row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
  }

  private long insertTask(String name, String state, String databases) {
    JdbcTemplate jdbc = new JdbcTemplate(dataSource);
    jdbc.update(
        """
        insert into task (uid, name, owner, wizard_step, state, desired, state_since, created_at)
        values (?, ?, 'olga', 4, ?, 'RUN', now(), now())
        """,
        Integer.toHexString(name.hashCode()),
        name,
        state);
    Long id = jdbc.queryForObject("select max(id) from task", Long.class);
    jdbc.update(
        """
        insert into task_spec (task_id, source_label, source_json, target_label, target_json,
          sync_mode, database_list, on_exists, machine_id, machine_name, lag_bound_millis,
          restart_limit)
        values (?, 'a', ?, 'b', ?, 'SYNC', ?, 'REFUSE', 1, 'host-1', 2000, 20)
        """,
        id,
        "{\"topology\":\"STANDALONE\",\"addresses\":[\"10.0.0.1:6379\"],\"user\":\"\"}",
        "{\"topology\":\"STANDALONE\",\"addresses\":[\"10.0.0.2:6379\"],\"user\":\"\"}",
        databases);
    return id;
  }

  private static PrecheckFinding pass(PrecheckCode code) {
    return finding(code, Severity.PASS);
  }

  private static PrecheckFinding warning(PrecheckCode code) {
    return finding(code, Severity.WARNING);
  }

  private static PrecheckFinding block(PrecheckCode code) {
    return finding(code, Severity.BLOCK);
  }

  private static PrecheckFinding finding(PrecheckCode code, Severity severity) {
    return new PrecheckFinding(code, severity, "", "found", "", "", Map.of());
  }

  /** An agent that says what it is told to. */
  static final class Agent implements ForegroundAgent {
    private List<PrecheckFinding> findings = List.of();
    private RuntimeException fault;
    private Runnable before = () -> {};
    private int exit;
    private PrecheckSpec spec;

    void reset() {
      findings = List.of();
      fault = null;
      before = () -> {};
      exit = 0;
    }

    Agent says(PrecheckFinding... said) {
      findings = List.of(said);
      return this;
    }

    void exits(int code) {
      exit = code;
    }

    void fails(RuntimeException with) {
      fault = with;
    }

    void before(Runnable action) {
      before = action;
    }

    @Override
    public int run(long machineId, String verb, String stdinJson, Consumer<String> lines) {
      if (fault != null) {
        throw fault;
      }
      spec = ContractJson.read(stdinJson, PrecheckSpec.class);
      before.run();
      lines.accept("not a finding");
      findings.forEach(finding -> lines.accept(ContractJson.write(finding)));
      return exit;
    }
  }
}
