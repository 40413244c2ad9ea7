package io.cachesync.web.check;

import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Says in the reader's language when schedules are due and what became of it. */
@Component
class ScheduleViews {
  private static final int NEXT = 5;

  private final ScheduleService schedules;
  private final CheckService checks;
  private final CheckViews views;
  private final MessageSource messages;
  private final JsonMapper json;
  private final Clock clock;

  ScheduleViews(
      ScheduleService schedules,
      CheckService checks,
      CheckViews views,
      MessageSource messages,
      JsonMapper json,
      Clock clock) {
    this.schedules = schedules;
    this.checks = checks;
    this.views = views;
    this.messages = messages;
    this.json = json;
    this.clock = clock;
  }

  ScheduleView of(CheckSchedule schedule, Locale locale) {
    List<Instant> next = next(schedule);
    String state = schedule.paused() ? "paused" : next.isEmpty() ? "over" : "on";
    return new ScheduleView(
        schedule,
        when(schedule, locale),
        text(locale, "check.schedule.state." + state),
        state.equals("on") ? "good" : "",
        schedule.paused() ? "pause" : "clock",
        next,
        schedules.lastRun(schedule.id()).map(run -> run(run, locale)).orElse(null));
  }

  ScheduleView.RunView run(ScheduleRun run, Locale locale) {
    String tone =
        switch (run.outcome()) {
          case STARTED -> "";
          case SKIPPED, MISSED -> "warn";
          case REFUSED -> "bad";
        };
    String icon =
        switch (run.outcome()) {
          case STARTED -> "check";
          case SKIPPED, MISSED -> "warning";
          case REFUSED -> "error";
        };
    return new ScheduleView.RunView(
        run.plannedAt(),
        text(locale, "check.schedule.outcome." + run.outcome()),
        tone,
        icon,
        why(run, locale),
        run.checkId() == null ? null : views.of(checks.get(run.checkId()), locale));
  }

  /** Why a time came to no check, or null. */
  String why(ScheduleRun run, Locale locale) {
    return run.reason() == null
        ? null
        : text(locale, run.reason(), (Object[]) json.readValue(run.reasonJson(), String[].class));
  }

  /** As "Mon, Fri at 03:00 (Europe/Berlin)". */
  String when(CheckSchedule schedule, Locale locale) {
    return switch (schedule.rhythm()) {
      case DAILY -> text(locale, "check.schedule.when.DAILY", schedule.atTime(), schedule.zone());
      case WEEKLY ->
          text(
              locale,
              "check.schedule.when.WEEKLY",
              schedule.days().stream()
                  .map(day -> day(day, locale))
                  .collect(Collectors.joining(", ")),
              schedule.atTime(),
              schedule.zone());
      case CRON -> text(locale, "check.schedule.when.CRON", schedule.cron(), schedule.zone());
    };
  }

  private List<Instant> next(CheckSchedule schedule) {
    List<Instant> next = new ArrayList<>();
    if (!schedule.paused()) {
      next.addAll(schedule.times().between(clock.instant(), Instant.MAX, NEXT));
    }
    return next;
  }

  private static String day(DayOfWeek day, Locale locale) {
    return day.getDisplayName(TextStyle.SHORT, locale);
  }

  private String text(Locale locale, String key, Object... arguments) {
    return messages.getMessage(key, arguments, locale);
  }
}
