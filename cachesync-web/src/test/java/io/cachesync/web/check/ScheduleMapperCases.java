package io.cachesync.web.check;

import static io.cachesync.web.check.CheckCase.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.web.testkit.Mappers;
import java.time.DayOfWeek;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the mappers of schedules do, whatever database they are on. */
abstract class ScheduleMapperCases {
  private Mappers mappers;
  private ScheduleMapper schedules;
  private ScheduleRunMapper runs;

  abstract Mappers open();

  @BeforeEach
  void fresh() {
    mappers = open();
    schedules = mappers.get(ScheduleMapper.class);
    runs = mappers.get(ScheduleRunMapper.class);
  }

  @AfterEach
  void finish() {
    mappers.close();
  }

  @Test
  void keepsWhatIsAskedForAndWhen() {
    long id = insert("nightly");
    CheckSchedule schedule = schedules.find(id).orElseThrow();
    assertThat(schedule.days()).containsExactly(DayOfWeek.MONDAY, DayOfWeek.FRIDAY);
    assertThat(schedule.times().cron()).isEqualTo("0 30 2 ? * MON,FRI");
    assertThat(schedule.accountedUntil()).isEqualTo(NOW);
    assertThat(schedules.update(schedule.paused(true))).isOne();
    assertThat(schedules.find(id).orElseThrow().paused()).isTrue();
    insert("Daily");
    assertThat(schedules.all())
        .extracting(CheckSchedule::name)
        .containsExactlyInAnyOrder("Daily", "nightly");
    assertThat(schedules.ofTask(5)).isEmpty();
  }

  @Test
  void isAccountedForOnceAndNotWhilePaused() {
    long id = insert("nightly");
    Instant later = NOW.plusSeconds(60);
    assertThat(schedules.account(id, NOW, later)).isOne();
    assertThat(schedules.account(id, NOW, later)).isZero();
    schedules.update(schedules.find(id).orElseThrow().paused(true));
    assertThat(schedules.account(id, later, later.plusSeconds(60))).isZero();
  }

  @Test
  void tellsWhatItsTimesCameToAndForgetsTheOldest() {
    long id = insert("nightly");
    CheckMapper checks = mappers.get(CheckMapper.class);
    CheckMapper.NewId check = new CheckMapper.NewId();
    checks.insert(CheckCase.asked("a", "b"), check);
    run(id, ScheduleRun.Outcome.STARTED, check.getId());
    run(id, ScheduleRun.Outcome.MISSED, null);
    run(id, ScheduleRun.Outcome.SKIPPED, check.getId());
    assertThat(runs.newest(id, 2))
        .extracting(ScheduleRun::outcome)
        .containsExactly(ScheduleRun.Outcome.SKIPPED, ScheduleRun.Outcome.MISSED);
    assertThat(runs.checks(id)).containsExactly(check.getId());
    assertThat(runs.scheduleOf(check.getId())).contains(id);
    runs.deleteBefore(id, runs.newest(id, 1).get(0).id());
    assertThat(runs.newest(id, 9))
        .extracting(ScheduleRun::outcome)
        .containsExactly(ScheduleRun.Outcome.SKIPPED, ScheduleRun.Outcome.STARTED);
    checks.delete(check.getId());
    assertThat(runs.newest(id, 9)).extracting(ScheduleRun::checkId).containsOnlyNulls();
    assertThat(schedules.delete(id)).isOne();
    assertThat(runs.newest(id, 9)).isEmpty();
  }

  private void run(long id, ScheduleRun.Outcome outcome, Long check) {
    runs.insert(new ScheduleRun(0, id, NOW, outcome, check, "check.schedule.missed", "[\"1\"]"));
  }

  private long insert(String name) {
    CheckMapper.NewId made = new CheckMapper.NewId();
    schedules.insert(
        new CheckSchedule(
            null,
            name,
            null,
            "a → b",
            "{}",
            Rhythm.WEEKLY,
            "02:30",
            "MONDAY,FRIDAY",
            "",
            "Europe/Berlin",
            30,
            false,
            NOW,
            "ann",
            NOW),
        made);
    return made.getId();
  }
}
