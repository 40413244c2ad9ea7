package io.cachesync.web.check;

import io.cachesync.web.schedule.TimedTask;
import io.cachesync.web.schedule.Timetable;
import io.cachesync.web.system.Refusal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Starts checks at their times. Each time is decided on once, whoever tells of it: it is late, the
 * former check still runs, the check cannot be done, or it is started.
 */
@Component
class ScheduledChecks implements TimedTask {
  static final String NAME = "scheduled-checks";

  /** A check that was meant for the night is not begun in the morning. */
  static final Duration LATE = Duration.ofMinutes(10);

  /** The scheduler may tell of a time a moment before it has come. */
  private static final Duration EARLY = Duration.ofSeconds(1);

  private static final int AT_ONCE = 10_000;
  private static final int KEPT_RUNS = 200;
  private static final int TEXT_MAX = 300;

  private final ScheduleMapper schedules;
  private final ScheduleRunMapper runs;
  private final CheckService checks;
  private final Timetable timetable;
  private final JsonMapper json;
  private final Clock clock;

  ScheduledChecks(
      ScheduleMapper schedules,
      ScheduleRunMapper runs,
      CheckService checks,
      Timetable timetable,
      JsonMapper json,
      Clock clock) {
    this.schedules = schedules;
    this.runs = runs;
    this.checks = checks;
    this.timetable = timetable;
    this.json = json;
    this.clock = clock;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void due(long id) {
    CheckSchedule schedule = schedules.find(id).orElse(null);
    if (schedule == null) {
      // It went with its task.
      timetable.remove(NAME, id);
      return;
    }
    Instant now = clock.instant();
    List<Instant> times =
        schedule.times().between(schedule.accountedUntil(), now.plus(EARLY), AT_ONCE);
    if (schedule.paused() || times.isEmpty()) {
      return;
    }
    Instant last = times.get(times.size() - 1);
    if (schedules.account(id, schedule.accountedUntil(), last) == 0) {
      return;
    }
    boolean late = last.plus(LATE).isBefore(now);
    int missed = late ? times.size() : times.size() - 1;
    if (missed > 0) {
      String reason = missed == 1 ? "check.schedule.missed" : "check.schedule.missed.several";
      note(id, times.get(missed - 1), ScheduleRun.Outcome.MISSED, null, reason, missed);
    }
    if (!late) {
      start(schedule, last);
    }
  }

  /** Starts its check, unless the former one still runs; tells what came of it. */
  ScheduleRun start(CheckSchedule schedule, Instant planned) {
    long id = schedule.id();
    Optional<Check> running =
        runs.checks(id).stream()
            .limit(1)
            .map(checks::get)
            .filter(check -> !check.state().ended())
            .findFirst();
    if (running.isPresent()) {
      Long former = running.get().id();
      return note(
          id, planned, ScheduleRun.Outcome.SKIPPED, former, "check.schedule.skipped", former);
    }
    try {
      Check started = checks.start(json.readValue(schedule.askJson(), CheckAsk.class));
      ScheduleRun run = note(id, planned, ScheduleRun.Outcome.STARTED, started.id(), null);
      forget(schedule);
      return run;
    } catch (Refusal refusal) {
      return note(
          id, planned, ScheduleRun.Outcome.REFUSED, null, refusal.key(), refusal.arguments());
    }
  }

  /** Results beyond those that are to be kept; one that a repair needs goes another time. */
  private void forget(CheckSchedule schedule) {
    runs.checks(schedule.id()).stream()
        .skip(schedule.keepResults())
        .map(checks::get)
        .filter(check -> check.state().ended())
        .forEach(check -> forget(check.id()));
  }

  private void forget(long check) {
    try {
      checks.delete(check);
    } catch (Refusal refusal) {
      if (!refusal.key().equals(CheckService.IN_REPAIR)) {
        throw refusal;
      }
    }
  }

  private ScheduleRun note(
      long id,
      Instant planned,
      ScheduleRun.Outcome outcome,
      Long checkId,
      String reason,
      Object... arguments) {
    List<String> texts =
        Arrays.stream(arguments)
            .map(String::valueOf)
            .map(text -> text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX))
            .toList();
    ScheduleRun run =
        new ScheduleRun(
            0,
            id,
            planned,
            outcome,
            checkId,
            reason,
            reason == null ? null : json.writeValueAsString(texts));
    runs.insert(run);
    List<ScheduleRun> newest = runs.newest(id, KEPT_RUNS);
    runs.deleteBefore(id, newest.get(newest.size() - 1).id());
    return run;
  }
}
