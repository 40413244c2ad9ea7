package io.cachesync.web.check;

import io.cachesync.web.schedule.Times;
import io.cachesync.web.task.Problem;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * When a check is to be done, as it is typed.
 *
 * @param rhythm a {@link Rhythm}, or {@link #ONCE}
 * @param name as it stands in lists; empty = that of its ends
 * @param time {@code 03:00}, of a daily or weekly one
 * @param days of a weekly one
 * @param cron the expression
 * @param keepResults how many results are kept
 */
record ScheduleForm(
    String rhythm, String name, String time, List<String> days, String cron, String keepResults) {
  /** Now, and not again. */
  static final String ONCE = "ONCE";

  static final int DEFAULT_KEEP = 30;

  static final int NAME_MAX = 200;
  private static final int KEEP_MAX = 1000;
  private static final Duration LEAST_PAUSE = Duration.ofMinutes(1);
  private static final int LOOKED_AT = 60;

  ScheduleForm {
    rhythm = clean(rhythm).isEmpty() ? ONCE : clean(rhythm);
    name = clean(name);
    time = clean(time);
    days = days == null ? List.of() : days.stream().map(ScheduleForm::clean).toList();
    cron = clean(cron);
    keepResults = clean(keepResults);
  }

  static ScheduleForm once() {
    return new ScheduleForm(ONCE, "", "03:00", List.of(), "", String.valueOf(DEFAULT_KEEP));
  }

  /** As it could have been typed. */
  static ScheduleForm of(CheckSchedule schedule) {
    return new ScheduleForm(
        schedule.rhythm().name(),
        schedule.name(),
        schedule.atTime().isEmpty() ? "03:00" : schedule.atTime(),
        schedule.days().stream().map(DayOfWeek::name).toList(),
        schedule.cron(),
        String.valueOf(schedule.keepResults()));
  }

  /** Whether it is more than once. */
  public boolean comesAgain() {
    return !rhythm.equals(ONCE);
  }

  /** What can be chosen. */
  static List<String> rhythms() {
    List<String> rhythms = new ArrayList<>(List.of(ONCE));
    Arrays.stream(Rhythm.values()).map(Rhythm::name).forEach(rhythms::add);
    return rhythms;
  }

  /** The days that can be chosen. */
  static List<DayOfWeek> week() {
    return List.of(DayOfWeek.values());
  }

  List<Problem> problems(Instant now) {
    if (!comesAgain()) {
      return List.of();
    }
    if (!rhythms().contains(rhythm)) {
      return List.of(Problem.of("schedule.rhythm", "task.form.choose"));
    }
    List<Problem> problems = new ArrayList<>();
    if (name.codePointCount(0, name.length()) > NAME_MAX) {
      problems.add(Problem.of("schedule.name", "check.schedule.invalid.name"));
    }
    if (!keepResults.matches("[1-9][0-9]{0,3}") || Integer.parseInt(keepResults) > KEEP_MAX) {
      problems.add(
          Problem.of(
              "schedule.keepResults", "check.invalid.number", "1", String.valueOf(KEEP_MAX)));
    }
    if (rhythm.equals(Rhythm.CRON.name())) {
      cronProblem(now).ifPresent(problems::add);
      return problems;
    }
    if (!time.matches("([01][0-9]|2[0-3]):[0-5][0-9]")) {
      problems.add(Problem.of("schedule.time", "check.schedule.invalid.time"));
    }
    if (rhythm.equals(Rhythm.WEEKLY.name()) && !areDays(days)) {
      problems.add(Problem.of("schedule.days", "check.schedule.invalid.days"));
    }
    return problems;
  }

  /** Its values as a row has them; of a form without problems that comes again. */
  CheckSchedule row(CheckSchedule row, ZoneId zone) {
    Rhythm chosen = Rhythm.valueOf(rhythm);
    return new CheckSchedule(
        row.id(),
        name.isEmpty() ? row.name() : name,
        row.taskId(),
        row.ends(),
        row.askJson(),
        chosen,
        chosen == Rhythm.CRON ? "" : time,
        chosen == Rhythm.WEEKLY ? String.join(",", days.stream().distinct().toList()) : "",
        chosen == Rhythm.CRON ? cron : "",
        zone.getId(),
        Integer.parseInt(keepResults),
        row.paused(),
        row.accountedUntil(),
        row.createdBy(),
        row.createdAt());
  }

  private Optional<Problem> cronProblem(Instant now) {
    if (!Times.isWellFormed(cron)) {
      return Optional.of(Problem.of("schedule.cron", "check.schedule.invalid.cron"));
    }
    Times times = new Times(cron, ZoneId.systemDefault());
    List<Instant> next = times.between(now, Instant.MAX, LOOKED_AT);
    if (next.isEmpty()) {
      return Optional.of(Problem.of("schedule.cron", "check.schedule.invalid.never"));
    }
    for (int i = 1; i < next.size(); i++) {
      if (next.get(i - 1).plus(LEAST_PAUSE).isAfter(next.get(i))) {
        return Optional.of(Problem.of("schedule.cron", "check.schedule.invalid.often"));
      }
    }
    return Optional.empty();
  }

  private static boolean areDays(List<String> days) {
    List<String> week = week().stream().map(DayOfWeek::name).toList();
    return !days.isEmpty() && week.containsAll(days);
  }

  private static String clean(String text) {
    return text == null ? "" : text.strip();
  }
}
