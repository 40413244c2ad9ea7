package io.cachesync.web.check;

import static io.cachesync.web.check.ScheduleRun.Outcome.MISSED;
import static io.cachesync.web.check.ScheduleRun.Outcome.REFUSED;
import static io.cachesync.web.check.ScheduleRun.Outcome.SKIPPED;
import static io.cachesync.web.check.ScheduleRun.Outcome.STARTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.machine.MachineState;
import io.cachesync.web.schedule.Times;
import io.cachesync.web.schedule.Timetable;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.TaskEnds;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.testkit.DatabaseTest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

/** Schedules on the real schema: what may be asked for, and what becomes of their times. */
@DatabaseTest
@Import({
  ScheduleService.class,
  ScheduledChecks.class,
  CheckService.class,
  CheckEnds.class,
  CheckLogs.class,
  CheckStore.class,
  FullCheckProgram.class,
  ToolPackages.class
})
@ImportAutoConfiguration(JacksonAutoConfiguration.class)
@WithMockUser(username = "olga", roles = "OPERATOR")
class ScheduledChecksTest {
  private static final Instant NOON = Instant.parse("2026-03-04T12:00:30Z");

  @Autowired private ScheduleService schedules;
  @Autowired private ScheduledChecks scheduled;
  @Autowired private ScheduleRunMapper runs;
  @Autowired private CheckService checks;
  @Autowired private CheckStore store;
  @Autowired private RepairMapper repairs;
  @MockitoBean private Clock clock;
  @MockitoBean private Timetable timetable;
  @MockitoBean private MachineService machines;
  @MockitoBean private EndpointService endpoints;
  @MockitoBean private TaskService tasks;
  @MockitoBean private TaskEnds ends;

  @BeforeEach
  void machineAndEndpoints() {
    at(NOON);
    machine(MachineState.READY);
    endpoint(11, "cache-a", "10.0.0.1:6379");
    endpoint(12, "cache-b", "10.0.0.2:6379");
  }

  @Test
  void startsACheckAtItsTimeAndOnlyOnceWhoeverTells() {
    CheckSchedule schedule = hourly();
    ArgumentCaptor<Times> written = ArgumentCaptor.forClass(Times.class);
    verify(timetable).set(eq("scheduled-checks"), eq(schedule.id()), written.capture());
    assertThat(written.getValue()).isEqualTo(schedule.times());
    scheduled.due(schedule.id());
    assertThat(schedules.runs(schedule.id())).isEmpty();
    // The scheduler may be a moment early.
    at(Instant.parse("2026-03-04T12:59:59.999Z"));
    scheduled.due(schedule.id());
    assertThat(outcomes(schedule)).containsExactly(STARTED);
    scheduled.due(schedule.id());
    at(Instant.parse("2026-03-04T13:00:00.100Z"));
    scheduled.due(schedule.id());
    ScheduleRun run = schedules.runs(schedule.id()).get(0);
    assertThat(schedules.runs(schedule.id())).hasSize(1);
    assertThat(run.outcome()).isEqualTo(STARTED);
    assertThat(run.plannedAt()).isEqualTo("2026-03-04T13:00:00Z");
    Check started = checks.get(run.checkId());
    assertThat(started.name()).isEqualTo("cache-a → cache-b");
    assertThat(checks.spec(started).mode()).isEqualTo(CheckMode.SMART);
    assertThat(started.limits()).isEqualTo(new LimitSpec(7, 8));
    assertThat(schedules.ofCheck(started.id()).orElseThrow().id()).isEqualTo(schedule.id());
  }

  @Test
  void skipsATimeAtWhichTheFormerCheckStillRuns() {
    CheckSchedule schedule = hourly();
    at(NOON.plus(Duration.ofHours(1)));
    scheduled.due(schedule.id());
    at(NOON.plus(Duration.ofHours(2)));
    scheduled.due(schedule.id());
    assertThat(outcomes(schedule)).containsExactly(SKIPPED, STARTED);
    List<ScheduleRun> runs = schedules.runs(schedule.id());
    assertThat(runs.get(0).checkId()).isEqualTo(runs.get(1).checkId());
    end(runs.get(1).checkId());
    at(NOON.plus(Duration.ofHours(3)));
    scheduled.due(schedule.id());
    assertThat(outcomes(schedule)).containsExactly(STARTED, SKIPPED, STARTED);
  }

  @Test
  void doesNotMakeUpForTimesAtWhichNoConsoleRanButTellsThem() {
    CheckSchedule schedule = hourly();
    at(Instant.parse("2026-03-04T15:11:00Z"));
    scheduled.due(schedule.id());
    assertThat(outcomes(schedule)).containsExactly(MISSED);
    assertThat(schedules.runs(schedule.id()).get(0).reasonJson()).isEqualTo("[\"3\"]");
    at(Instant.parse("2026-03-04T18:09:00Z"));
    scheduled.due(schedule.id());
    assertThat(outcomes(schedule)).containsExactly(STARTED, MISSED, MISSED);
    assertThat(schedules.runs(schedule.id()).get(0).plannedAt()).isEqualTo("2026-03-04T18:00:00Z");
  }

  @Test
  void saysWhyACheckIsNotPossible() {
    CheckSchedule schedule = hourly();
    machine(MachineState.DISABLED);
    at(NOON.plus(Duration.ofHours(1)));
    scheduled.due(schedule.id());
    ScheduleRun run = schedules.lastRun(schedule.id()).orElseThrow();
    assertThat(run.outcome()).isEqualTo(REFUSED);
    assertThat(run.reason()).isEqualTo("check.invalid.machine");
    assertThat(run.reasonJson()).isEqualTo("[\"m3\"]");
  }

  /** The console may die between any two statements: nothing of it stands then. */
  @Test
  void aTimeThatCouldNotBeDealtWithIsDealtWithLater() {
    CheckSchedule schedule = hourly();
    doThrow(new IllegalStateException("the console dies")).when(machines).find(3);
    at(NOON.plus(Duration.ofHours(1)));
    assertThatThrownBy(() -> scheduled.due(schedule.id())).hasMessage("the console dies");
    assertThat(schedules.runs(schedule.id())).isEmpty();
    machine(MachineState.READY);
    at(NOON.plus(Duration.ofHours(1)).plusSeconds(20));
    scheduled.due(schedule.id());
    assertThat(outcomes(schedule)).containsExactly(STARTED);
    doThrow(new IllegalStateException("the console dies")).when(machines).find(3);
    end(schedules.lastRun(schedule.id()).orElseThrow().checkId());
    at(NOON.plus(Duration.ofHours(2)));
    assertThatThrownBy(() -> scheduled.due(schedule.id())).hasMessage("the console dies");
    machine(MachineState.READY);
    at(NOON.plus(Duration.ofHours(2)).plus(Duration.ofMinutes(30)));
    scheduled.due(schedule.id());
    assertThat(outcomes(schedule)).containsExactly(MISSED, STARTED);
  }

  @Test
  void isPutIntoTheTimetableAtEachStartUnlessItIsPaused() {
    CheckSchedule schedule = hourly();
    CheckSchedule paused = hourly();
    schedules.pause(paused.id());
    when(timetable.keep(any(), eq(schedule.id()), any()))
        .thenThrow(new IllegalStateException("no scheduler"))
        .thenReturn(true);
    scheduled.keepTimetable();
    scheduled.keepTimetable();
    verify(timetable, times(2)).keep("scheduled-checks", schedule.id(), schedule.times());
    verify(timetable, never()).keep(any(), eq(paused.id()), any());
  }

  @Test
  void forgetsOldTimesButNoneWhoseResultIsThere() {
    CheckSchedule schedule = hourly();
    for (int hour = 1; hour <= 210; hour++) {
      at(NOON.plus(Duration.ofHours(hour)));
      scheduled.due(schedule.id());
    }
    List<ScheduleRun> kept = runs.newest(schedule.id(), 1000);
    assertThat(kept).hasSize(201);
    assertThat(kept.get(200).outcome()).isEqualTo(STARTED);
    assertThat(kept.get(0).plannedAt()).isEqualTo("2026-03-13T06:00:00Z");
  }

  @Test
  void isNotDueWhilePausedAndOwesNothingAfterwards() {
    CheckSchedule schedule = hourly();
    schedules.pause(schedule.id());
    verify(timetable).remove("scheduled-checks", schedule.id());
    assertThat(schedules.next(schedules.get(schedule.id()))).isEmpty();
    at(NOON.plus(Duration.ofHours(1)));
    scheduled.due(schedule.id());
    at(NOON.plus(Duration.ofHours(5)));
    schedules.resume(schedule.id());
    scheduled.due(schedule.id());
    assertThat(schedules.runs(schedule.id())).isEmpty();
    verify(timetable, times(2)).set(any(), anyLong(), any());
    assertThat(schedules.next(schedules.get(schedule.id())))
        .contains(Instant.parse("2026-03-04T18:00:00Z"));
  }

  @Test
  void startsAtOnceWhenAPersonSaysSo() {
    CheckSchedule schedule = hourly();
    assertThat(schedules.start(schedule.id()).outcome()).isEqualTo(STARTED);
    assertThat(schedules.start(schedule.id()).outcome()).isEqualTo(SKIPPED);
    assertThat(checks.get(schedules.runs(schedule.id()).get(1).checkId()).createdBy())
        .isEqualTo("olga");
  }

  @Test
  void keepsAsManyResultsAsItIsToldTo() {
    CheckSchedule schedule = hourly();
    for (int hour = 1; hour <= 4; hour++) {
      at(NOON.plus(Duration.ofHours(hour)));
      scheduled.due(schedule.id());
      end(schedules.lastRun(schedule.id()).orElseThrow().checkId());
    }
    List<ScheduleRun> runs = schedules.runs(schedule.id());
    assertThat(runs).hasSize(4);
    assertThat(runs.subList(0, 2)).allSatisfy(run -> checks.get(run.checkId()));
    assertThat(runs.subList(2, 4)).extracting(ScheduleRun::checkId).containsOnlyNulls();
  }

  @Test
  void keepsAResultForAsLongAsARepairNeedsIt() {
    CheckSchedule schedule = hourly();
    for (int hour = 1; hour <= 3; hour++) {
      at(NOON.plus(Duration.ofHours(hour)));
      scheduled.due(schedule.id());
      end(schedules.lastRun(schedule.id()).orElseThrow().checkId());
    }
    Long oldest = schedules.runs(schedule.id()).get(1).checkId();
    Check repair = checks.start(ask(11L, 12L));
    repairs.insert(
        new Repair(repair.id(), oldest, "{}", 1, 0, false, "", "", "/base/undo/9", null, null));
    at(NOON.plus(Duration.ofHours(4)));
    scheduled.due(schedule.id());
    assertThat(outcomes(schedule)).containsOnly(STARTED);
    assertThat(checks.get(oldest).state()).isEqualTo(CheckState.STOPPED);
    end(repair.id());
    end(schedules.lastRun(schedule.id()).orElseThrow().checkId());
    at(NOON.plus(Duration.ofHours(5)));
    scheduled.due(schedule.id());
    assertThatThrownBy(() -> checks.get(oldest)).hasMessageContaining("check.refused.unknown");
  }

  @Test
  void resumesNoneWhoseTimesArePast() {
    CheckSchedule once =
        schedules.add(
            ask(11L, 12L), new ScheduleForm("CRON", "", "", List.of(), "0 0 0 1 1 ? 2027", "2"));
    schedules.pause(once.id());
    at(Instant.parse("2027-02-01T00:00:00Z"));
    assertThatThrownBy(() -> schedules.resume(once.id()))
        .hasMessageContaining("check.schedule.invalid.never");
    assertThat(schedules.get(once.id()).paused()).isTrue();
    verify(timetable, times(1)).set(eq("scheduled-checks"), eq(once.id()), any());
  }

  @Test
  void takesOtherTimesFromNowOn() {
    CheckSchedule schedule = hourly();
    at(NOON.plus(Duration.ofMinutes(10)));
    CheckSchedule changed =
        schedules.change(
            schedule.id(),
            ask(12L, 11L),
            new ScheduleForm("WEEKLY", "weekly", "03:00", List.of("MONDAY"), "", "5"));
    assertThat(changed.times().cron()).isEqualTo("0 0 3 ? * MON");
    assertThat(changed.ends()).isEqualTo("cache-b → cache-a");
    assertThat(changed.createdBy()).isEqualTo("olga");
    at(NOON.plus(Duration.ofHours(2)));
    scheduled.due(schedule.id());
    assertThat(schedules.runs(schedule.id())).isEmpty();
    schedules.delete(schedule.id());
    assertThatThrownBy(() -> schedules.get(schedule.id())).isInstanceOf(Refusal.class);
    scheduled.due(schedule.id());
    verify(timetable, times(2)).remove("scheduled-checks", schedule.id());
  }

  @Test
  void refusesEndsThatCannotBe() {
    assertThatThrownBy(() -> schedules.add(ask(11L, 11L), form()))
        .hasMessageContaining("check.invalid.same");
    when(machines.find(3)).thenReturn(Optional.empty());
    assertThatThrownBy(() -> schedules.add(ask(11L, 12L), form()))
        .hasMessageContaining("check.invalid.choose");
    verify(timetable, never()).set(any(), anyLong(), any());
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void letsViewersReadAndNothingElse() {
    assertThatThrownBy(() -> schedules.add(ask(11L, 12L), form()))
        .isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> schedules.start(1)).isInstanceOf(AccessDeniedException.class);
    assertThatThrownBy(() -> schedules.delete(1)).isInstanceOf(AccessDeniedException.class);
    assertThat(schedules.all(null)).isEmpty();
  }

  private CheckSchedule hourly() {
    return schedules.add(ask(11L, 12L), form());
  }

  private static ScheduleForm form() {
    return new ScheduleForm("CRON", "", "", List.of(), "0 0 * * * ?", "2");
  }

  private List<ScheduleRun.Outcome> outcomes(CheckSchedule schedule) {
    return schedules.runs(schedule.id()).stream().map(ScheduleRun::outcome).toList();
  }

  private void end(long check) {
    store.end(checks.get(check), CheckState.STOPPED, null);
  }

  private void at(Instant now) {
    when(clock.instant()).thenReturn(now);
  }

  private static CheckAsk ask(Long source, Long target) {
    CheckSpec spec =
        CheckSpec.between(null, null)
            .mode(CheckMode.SMART)
            .rounds(2)
            .pauseMillis(100)
            .bothDirections(true)
            .build();
    return new CheckAsk(null, 0, source, target, 3L, spec, new LimitSpec(7, 8));
  }

  private void machine(MachineState state) {
    Machine machine = mock(Machine.class);
    when(machine.id()).thenReturn(3L);
    when(machine.name()).thenReturn("m3");
    when(machine.state()).thenReturn(state);
    doReturn(Optional.of(machine)).when(machines).find(3);
  }

  private void endpoint(long id, String name, String address) {
    when(endpoints.find(id)).thenReturn(Optional.of(CheckCase.endpoint(id, name, address)));
  }
}
