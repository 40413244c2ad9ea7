package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.contract.SyncMode;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.context.support.StaticMessageSource;

/** What the pages say of a task whose reports come, and of one that nothing is heard of. */
class TaskViewsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Instant JUST_NOW = NOW.minusSeconds(2);
  private static final Instant LONG_AGO = NOW.minusSeconds(6);

  private final TaskViews views = new TaskViews(messages(), Clock.fixed(NOW, ZoneOffset.UTC));

  @Test
  void aTaskThatReportsIsInSync() {
    TaskView view = view(TaskState.INCREMENTAL, JUST_NOW);
    assertThat(view.inSync()).isTrue();
    assertThat(view.note()).isEqualTo("task.note.inSync");
    assertThat(view.tone()).isEqualTo("good");
    assertThat(view.lag()).isNotEqualTo(Figures.UNKNOWN);
  }

  @Test
  void whatTheConsoleFoundOutIsSaidInTheReadersLanguage() {
    ResourceBundleMessageSource source = new ResourceBundleMessageSource();
    source.setBasenames("messages/task", "messages/sync");
    source.setDefaultEncoding("UTF-8");
    source.setFallbackToSystemLocale(false);
    TaskViews said = new TaskViews(source, Clock.fixed(NOW, ZoneOffset.UTC));
    String why = TaskWhy.all(TaskWhy.away("m1", 60), TaskWhy.movedTo("m2"));
    TaskEvent event =
        new TaskEvent(
            1,
            1,
            NOW,
            TaskTrigger.MOVED,
            TaskState.STOPPING,
            TaskState.STOPPING,
            TaskEvent.CONSOLE,
            why);
    assertThat(said.event(event, Locale.ENGLISH).why())
        .isEqualTo("m1 has not answered for 60 s. It continues on m2.");
    assertThat(said.event(event, Locale.SIMPLIFIED_CHINESE).why())
        .isEqualTo("m1 已有 60 秒没有应答。 改由 m2 继续。");
    TaskView view =
        said.of(
            row(TaskState.RECOVERING, Phase.INCREMENTAL, LONG_AGO),
            Fault.retryable(FaultCode.MACHINE_UNREACHABLE, why),
            Locale.SIMPLIFIED_CHINESE);
    assertThat(view.fault().meaning()).contains("m1 已有 60 秒没有应答。").doesNotContain("task.why");
    assertThat(view.fault().message()).isEmpty();
  }

  @Test
  void whatAMachineOrAServerSaidIsSaidInTheReadersLanguageToo() {
    ResourceBundleMessageSource source = new ResourceBundleMessageSource();
    source.setBasenames("messages/task", "messages/sync", "messages/machine");
    source.setDefaultEncoding("UTF-8");
    source.setFallbackToSystemLocale(false);
    TaskViews said = new TaskViews(source, Clock.fixed(NOW, ZoneOffset.UTC));
    String refused = TaskWhy.passedOver("m1", TaskWhy.text("ssh.fault.REFUSED", "10.0.0.7:22"));
    assertThat(said.event(passedOver(refused), Locale.ENGLISH).why())
        .isEqualTo(
            "m1 could not be asked: 10.0.0.7:22 refuses the connection: the host is there, but no"
                + " SSH server listens on that port.");
    String disabled = TaskWhy.notSpread(TaskWhy.text("task.why.machineNotReady", "m1"));
    assertThat(said.event(passedOver(disabled), Locale.SIMPLIFIED_CHINESE).why())
        .startsWith("无法分配分片：机器 m1 不接受作业");
    Fault fault = Fault.retryable(FaultCode.CONNECTION_REFUSED, "nobody\tlistens");
    assertThat(
            said.event(passedOver(TaskWhy.passedOver("target", "m1", fault)), Locale.ENGLISH).why())
        .startsWith("m1 does not reach the target: ")
        .endsWith(" (nobody\tlistens)")
        .doesNotContain("CONNECTION_REFUSED", "fault.");
  }

  private static TaskEvent passedOver(String why) {
    return new TaskEvent(
        1,
        1,
        NOW,
        TaskTrigger.PASSED_OVER,
        TaskState.QUEUED,
        TaskState.QUEUED,
        TaskEvent.CONSOLE,
        why);
  }

  @Test
  void ofASilentTaskNothingIsClaimed() {
    TaskView view = view(TaskState.INCREMENTAL, LONG_AGO);
    assertThat(view.inSync()).isFalse();
    assertThat(view.note()).isEqualTo("task.note.silent");
    assertThat(view.tone()).isEqualTo("warn");
    assertThat(view.icon()).isEqualTo("warning");
    assertThat(view.lag()).isEqualTo(Figures.UNKNOWN);
    assertThat(view.bytesPerSecond()).isEqualTo(Figures.UNKNOWN);
  }

  @Test
  void saysThatALostAgentIsStartedAgain() {
    TaskRow lost = row(TaskState.RECOVERING, FaultCode.AGENT_DIED, Phase.INCREMENTAL, JUST_NOW);
    assertThat(views.of(lost, Locale.ENGLISH).note()).isEqualTo("task.note.agentLost");
    assertThat(view(TaskState.RECOVERING, JUST_NOW).note()).isEmpty();
  }

  @Test
  void whileATaskStartsAgainItsFormerEndIsNotShownAsNow() {
    TaskView view = view(TaskState.STARTING, Phase.FAILED, JUST_NOW);
    assertThat(view.phase()).isEqualTo(Figures.UNKNOWN);
    assertThat(view.percent()).isEqualTo(-1);
    assertThat(view.percentText()).isEqualTo(Figures.UNKNOWN);
    assertThat(view.stale()).isTrue();
    assertThat(view(TaskState.FAILED, Phase.FAILED, JUST_NOW).phase())
        .isEqualTo("task.phase.FAILED");
  }

  @Test
  void linksAreMarkedAsOldWhereNothingIsHeard() {
    assertThat(view(TaskState.INCREMENTAL, JUST_NOW).stale()).isFalse();
    assertThat(view(TaskState.INCREMENTAL, LONG_AGO).stale()).isTrue();
    assertThat(view(TaskState.RECOVERING, JUST_NOW).stale()).isTrue();
    assertThat(view(TaskState.STOPPED, JUST_NOW).stale()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(value = TaskState.class, mode = EnumSource.Mode.EXCLUDE, names = "INCREMENTAL")
  void onlyATaskThatFollowsItsSourceIsInSync(TaskState state) {
    assertThat(view(state, JUST_NOW).inSync()).isFalse();
    assertThat(progress(JUST_NOW).seen(state, NOW).inSync()).isFalse();
  }

  @Test
  void programsAreToldTheSame() {
    assertThat(progress(JUST_NOW).seen(TaskState.INCREMENTAL, NOW).inSync()).isTrue();
    assertThat(progress(LONG_AGO).seen(TaskState.INCREMENTAL, NOW).inSync()).isFalse();
  }

  @Test
  void saysHowManyKeysMayDiffer() {
    assertThat(view(TaskState.INCREMENTAL, JUST_NOW).deadLetters()).isEqualTo("task.deadLetters");
  }

  @Test
  void saysTheReasonOfAnEventInTheReadersLanguage() {
    assertThat(views.event(event(TaskWhy.placed("m")), Locale.ENGLISH).why())
        .isEqualTo("task.why.placed");
    TaskEventView died = views.event(event("AGENT_DIED: no such process"), Locale.ENGLISH);
    assertThat(died.why()).isEqualTo("fault.AGENT_DIED.title");
    assertThat(died.original()).isEqualTo("no such process");
    assertThat(views.event(event("somebody said so"), Locale.ENGLISH).original())
        .isEqualTo("somebody said so");
  }

  private static TaskEvent event(String why) {
    return new TaskEvent(
        1,
        1,
        NOW,
        TaskTrigger.PLACED,
        TaskState.QUEUED,
        TaskState.STARTING,
        TaskEvent.CONSOLE,
        why);
  }

  private TaskView view(TaskState state, Instant heardAt) {
    return view(state, Phase.INCREMENTAL, heardAt);
  }

  private TaskView view(TaskState state, Phase phase, Instant heardAt) {
    return views.of(row(state, phase, heardAt), Locale.ENGLISH);
  }

  private static TaskRow row(TaskState state, Phase phase, Instant heardAt) {
    return row(state, null, phase, heardAt);
  }

  private static TaskRow row(TaskState state, FaultCode fault, Phase phase, Instant heardAt) {
    return new TaskRow(
        1,
        "task",
        "",
        "olga",
        state,
        Desired.RUN,
        LONG_AGO,
        false,
        fault,
        LONG_AGO,
        LONG_AGO,
        null,
        "a",
        "b",
        "m",
        SyncMode.SYNC,
        phase,
        100,
        1L,
        1L,
        1L,
        1L,
        true,
        -1L,
        2L,
        heardAt,
        false,
        0);
  }

  private static TaskProgress progress(Instant heardAt) {
    return new TaskProgress(1, heardAt, Phase.INCREMENTAL, 100, 1, 1, 1, 1, 1, true, -1, 0);
  }

  /** Each text is its key. */
  private static StaticMessageSource messages() {
    StaticMessageSource messages = new StaticMessageSource();
    messages.setUseCodeAsDefaultMessage(true);
    return messages;
  }
}
