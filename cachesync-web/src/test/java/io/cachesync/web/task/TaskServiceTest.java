package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.testkit.DatabaseTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

/** Tasks on the real schema. */
@DatabaseTest
@Import({
  TaskService.class,
  TaskLists.class,
  TaskTransitions.class,
  TaskDrafts.class,
  TaskParts.class,
  DraftEnds.class,
  TaskEnds.class,
  TaskLogins.class
})
@ImportAutoConfiguration({JacksonAutoConfiguration.class, JdbcTemplateAutoConfiguration.class})
@WithMockUser(username = "olga", roles = "OPERATOR")
class TaskServiceTest {
  @Autowired private TaskService tasks;
  @Autowired private TaskLists lists;
  @Autowired private TaskDrafts drafts;
  @Autowired private TaskTransitions transitions;
  @Autowired private TaskMapper mapper;
  @Autowired private TaskEnds ends;
  @Autowired private TaskLogins logins;
  @Autowired private JdbcTemplate jdbc;
  @MockitoBean private StartGate gate;
  @MockitoBean private MachineService machines;
  @MockitoBean private EndpointService endpoints;

  @BeforeEach
  void oneMachine() {
    Machine machine = Mockito.mock(Machine.class);
    when(machine.id()).thenReturn(1L);
    when(machine.name()).thenReturn("m1");
    when(machines.find(1)).thenReturn(Optional.of(machine));
  }

  @Test
  void keepsADraftStepByStep() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    assertThat(draft.name()).isEqualTo("10.0.0.1:6379 → 10.0.0.2:6379");
    assertThat(draft.owner()).isEqualTo("olga");
    assertThat(draft.wizardStep()).isEqualTo(2);
    drafts.what(draft.id(), new WhatForm("FULL_ONLY", "0,3", "REPLACE", "STOP", null));
    drafts.how(draft.id(), how("orders", "night"));
    TaskSpec spec = tasks.spec(draft.id());
    assertThat(spec.what().databases()).containsExactly(0, 3);
    assertThat(spec.machineName()).isEqualTo("m1");
    assertThat(spec.source().secret()).doesNotContain("geheim");
    assertThat(ends.secrets(spec).sourcePassword()).isEqualTo("geheim");
    assertThat(tasks.get(draft.id()))
        .returns("orders", Task::name)
        .returns(List.of("night"), Task::tagList)
        .returns(4, Task::wizardStep);
  }

  @Test
  void saysOfEachStepThatIsSavedThatTheTaskHasChanged() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    drafts.what(draft.id(), new WhatForm("FULL_ONLY", "0,3", "REPLACE", "STOP", null));
    drafts.how(draft.id(), how("orders", "night"));
    verify(gate, times(3)).changed(draft.id());
  }

  @Test
  void copiesWhatWasAskedForButNoTypedPassword() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    drafts.what(draft.id(), new WhatForm("FULL_ONLY", "0,3", "REPLACE", "STOP", null));
    drafts.how(draft.id(), how("orders", "night"));
    Task copy = drafts.copy(draft.id(), "Copy of orders");
    assertThat(copy)
        .returns(TaskState.DRAFT, Task::state)
        .returns(List.of("night"), Task::tagList)
        .returns(1, Task::wizardStep);
    TaskSpec spec = tasks.spec(copy.id());
    assertThat(spec.what().databases()).containsExactly(0, 3);
    assertThat(spec.source().label()).isEqualTo("10.0.0.1:6379");
    assertThat(ends.secrets(spec).sourcePassword()).isEmpty();
    assertThat(ends.secrets(spec).targetPassword()).isEmpty();
  }

  /** One row for the first walk through the wizard, one for each later change, old name and new. */
  @Test
  void auditsEachChangeUnderTheNameOfThatMoment() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    drafts.what(draft.id(), new WhatForm("SYNC", "", "REFUSE", "STOP", null));
    drafts.how(draft.id(), how("orders", ""));
    drafts.what(draft.id(), new WhatForm("SYNC", "0", "REFUSE", "STOP", null));
    String id = " (" + draft.id() + ")";
    assertThat(
            jdbc.queryForList(
                "select concat(action, ' ', subject, ' ', coalesce(detail, '')) from audit_event"
                    + " where subject like '%"
                    + id
                    + "' order by id",
                String.class))
        .containsExactly(
            "task.create 10.0.0.1:6379 → 10.0.0.2:6379" + id + " ",
            "task.edit orders" + id + " ← 10.0.0.1:6379 → 10.0.0.2:6379",
            "task.edit orders" + id + " ");
  }

  @Test
  void walksThroughItsStatesWithAnEventEach() {
    long id = started();
    transitions.observe(id, TaskTrigger.REPORT_INCREMENTAL, "");
    tasks.pause(id);
    assertThat(tasks.get(id))
        .returns(TaskState.PAUSING, Task::state)
        .returns(Desired.PAUSE, Task::desired);
    transitions.observe(
        id, TaskTrigger.AGENT_DEAD, Fault.retryable(FaultCode.AGENT_DIED, "no such process"));
    assertThat(tasks.get(id).fault().code()).isEqualTo(FaultCode.AGENT_DIED);
    transitions.countRestart(id, Duration.ofSeconds(2));
    assertThat(tasks.get(id).restarts()).isEqualTo(1);
    transitions.observe(id, TaskTrigger.REPORT_PAUSED, "");
    assertThat(tasks.get(id).fault()).isNull();
    tasks.stop(id);
    transitions.observe(id, TaskTrigger.REPORT_STOPPED, "");
    assertThat(tasks.get(id).endedAt()).isNotNull();
    assertThat(tasks.events(id))
        .extracting(TaskEvent::what)
        .containsExactly(
            TaskTrigger.REPORT_STOPPED,
            TaskTrigger.STOP,
            TaskTrigger.REPORT_PAUSED,
            TaskTrigger.AGENT_DEAD,
            TaskTrigger.PAUSE,
            TaskTrigger.REPORT_INCREMENTAL,
            TaskTrigger.PLACED,
            TaskTrigger.START,
            TaskTrigger.PRECHECK_PASSED,
            TaskTrigger.PRECHECK);
    assertThat(tasks.events(id))
        .filteredOn(event -> event.what() == TaskTrigger.STOP)
        .extracting(TaskEvent::who)
        .containsExactly("olga");
  }

  @Test
  void anEditVoidsThePrecheck() {
    Task draft = draft("10.0.0.1", "10.0.0.2");
    tasks.precheck(draft.id());
    transitions.observe(draft.id(), TaskTrigger.PRECHECK_PASSED, "");
    drafts.what(draft.id(), new WhatForm("SYNC", "", "REPLACE", "STOP", null));
    assertThat(tasks.get(draft.id()).state()).isEqualTo(TaskState.DRAFT);
  }

  @Test
  void refusesWhatTheStateDoesNotAllowAndChangesNothing() {
    long id = started();
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> tasks.resume(id));
    assertThat(refusal.key()).isEqualTo("task.refused.RESUME");
    assertThat(catchThrowableOfType(Refusal.class, () -> tasks.delete(id)).key())
        .isEqualTo("task.refused.delete");
    assertThat(catchThrowableOfType(Refusal.class, () -> tasks.get(987_654)).status().value())
        .isEqualTo(404);
    assertThat(tasks.get(id).state()).isEqualTo(TaskState.STARTING);
  }

  @Test
  void takesAnotherLoginOnceItHasFailedAndGoesOnThere() {
    long id = started();
    LoginForm login = new LoginForm("source", "mig", "neu", "", "");
    assertThat(catchThrowableOfType(Refusal.class, () -> logins.change(id, login)).key())
        .isEqualTo("task.refused.login");
    transitions.observe(
        id, TaskTrigger.REPORT_FAILED, Fault.fatal(FaultCode.AUTH_FAILED, "refused"));
    tasks.begun(id);
    logins.change(id, login);
    TaskSpec spec = tasks.spec(id);
    assertThat(ends.source(spec))
        .returns("mig", TaskEnd::user)
        .returns("10.0.0.1:6379", TaskEnd::address);
    assertThat(spec.source().secret()).doesNotContain("neu");
    assertThat(ends.secrets(spec).sourcePassword()).isEqualTo("neu");
    assertThat(ends.secrets(spec).targetPassword()).isEqualTo("geheim");
    assertThat(
            jdbc.queryForObject(
                "select detail from audit_event where action = 'task.login' and subject like '%("
                    + id
                    + ")'",
                String.class))
        .isEqualTo("source: mig@10.0.0.1:6379");

    logins.change(id, new LoginForm("target", "", "", "", ""));
    assertThat(ends.target(tasks.spec(id)).password()).isFalse();
    assertThat(tasks.start(id).state()).isEqualTo(TaskState.QUEUED);
    assertThat(ends.startSpec(tasks.get(id)).mode()).isEqualTo(StartMode.MUST_RESUME);
    assertThat(
            catchThrowableOfType(
                    Refusal.class, () -> logins.change(id, new LoginForm("both", "", "", "", "")))
                .field())
        .isEqualTo("end");
  }

  @Test
  void doesNotOverwriteWhatMovedOn() {
    Task read = draft("10.0.0.1", "10.0.0.2");
    assertThat(mapper.describe(read.id(), read.version(), "one", "", "", 2)).isEqualTo(1);
    assertThat(mapper.describe(read.id(), read.version(), "two", "", "", 2)).isZero();
    assertThat(tasks.get(read.id()).name()).isEqualTo("one");
  }

  @Test
  void letsOneConsoleWorkOnATaskAtATime() {
    long id = draft("10.0.0.1", "10.0.0.2").id();
    Instant now = Instant.parse("2026-01-02T03:04:05Z");
    assertThat(tasks.lease(id, "one", now, now.plusSeconds(60))).isTrue();
    assertThat(tasks.lease(id, "two", now.plusSeconds(1), now.plusSeconds(61))).isFalse();
    tasks.release(id, "two");
    assertThat(tasks.lease(id, "two", now.plusSeconds(61), now.plusSeconds(90))).isTrue();
  }

  @Test
  void findsByEachFilter() {
    long id = draft("10.0.0.1", "10.0.0.2").id();
    drafts.how(id, how("nightly 50% move", "night"));
    draft("10.9.0.1", "10.9.0.2");
    tasks.progress(
        new TaskProgress(id, Instant.now(), Phase.INCREMENTAL, 100, 1, 2, 3, 4, 5, true, 0, 3));
    for (TaskFilter filter :
        List.of(
            filter("DRAFT", "10.0.0.1", null, null, null),
            filter(null, null, "0.0.2", null, null),
            filter(null, null, null, "night", null),
            filter(null, null, null, null, "50%"))) {
      assertThat(lists.search(filter, PageRequest.first()).items())
          .as("%s", filter)
          .extracting(TaskRow::id)
          .containsExactly(id);
    }
    assertThat(lists.search(filter("running", null, null, null, null), PageRequest.first()).total())
        .isZero();
    assertThat(lists.search(TaskFilter.everything(), new PageRequest(null, null, "-name")).items())
        .extracting(TaskRow::name)
        .startsWith("nightly 50% move");
    assertThat(lists.rows(List.of(id)).get(0).inSync()).isTrue();
    assertThat(lists.rows(List.of(id)).get(0).deadLetters()).isEqualTo(3);
    assertThat(lists.tags()).containsExactly("night");
  }

  @Test
  void deletesWithAllThatHangsOnIt() {
    long id = draft("10.0.0.1", "10.0.0.2").id();
    tasks.limit(id, new LimitSpec(5, 6));
    assertThat(tasks.spec(id).how().limits()).isEqualTo(new LimitSpec(5, 6));
    tasks.checkContinuously(id, 1000);
    assertThat(tasks.continuousKeys(id)).isEqualTo(1000);
    assertThatThrownBy(() -> tasks.checkContinuously(id, -1)).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> tasks.checkContinuously(id, 1_000_001)).isInstanceOf(Refusal.class);
    assertThat(tasks.continuousKeys(id)).isEqualTo(1000);
    tasks.delete(id);
    assertThat(tasks.find(id)).isEmpty();
    assertThat(tasks.events(id)).isEmpty();
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void viewersChangeNothing() {
    assertThatThrownBy(() -> draft("10.0.0.1", "10.0.0.2"))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> tasks.stop(1)).isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> tasks.limit(1, LimitSpec.none()))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> tasks.checkContinuously(1, 1))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> logins.change(1, new LoginForm("source", "", "", "", "")))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> tasks.delete(1)).isInstanceOf(AccessDeniedException.class);
  }

  private long started() {
    long id = draft("10.0.0.1", "10.0.0.2").id();
    tasks.precheck(id);
    transitions.observe(id, TaskTrigger.PRECHECK_PASSED, "");
    tasks.start(id);
    transitions.observe(id, TaskTrigger.PLACED, "");
    return id;
  }

  private Task draft(String source, String target) {
    return drafts.create(ends(source, "geheim", target, "geheim"), "");
  }

  private static EndsForm ends(
      String source, String sourcePassword, String target, String targetPassword) {
    return new EndsForm(
        "1",
        TypedEnds.server(source, sourcePassword),
        TypedEnds.server(target, targetPassword),
        null);
  }

  private static HowForm how(String name, String tags) {
    return new HowForm(name, "", "", "now", "", "", "3", "2", tags, "", false, "");
  }

  private static TaskFilter filter(
      String state, String source, String target, String tag, String text) {
    return new TaskFilter(state, source, target, null, null, tag, null, null, text);
  }
}
