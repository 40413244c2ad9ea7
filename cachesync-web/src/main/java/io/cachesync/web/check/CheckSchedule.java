package io.cachesync.web.check;

import io.cachesync.web.schedule.Times;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A data check that is asked for again and again.
 *
 * @param taskId the task whose data it checks, or null
 * @param ends as a reader knows them
 * @param askJson a {@link CheckAsk}
 * @param atTime {@code 03:00}; empty where an expression tells the times
 * @param weekDays days of a weekly one, separated by commas
 * @param cron the expression, or empty
 * @param zone whose clock the times are of
 * @param keepResults so many of its newest results are kept
 * @param accountedUntil up to here it was decided what became of each time
 */
public record CheckSchedule(
    Long id,
    String name,
    Long taskId,
    String ends,
    String askJson,
    Rhythm rhythm,
    String atTime,
    String weekDays,
    String cron,
    String zone,
    int keepResults,
    boolean paused,
    Instant accountedUntil,
    String createdBy,
    Instant createdAt) {

  Times times() {
    return times(rhythm, atTime, days(), cron, ZoneId.of(zone));
  }

  List<DayOfWeek> days() {
    return weekDays.isEmpty()
        ? List.of()
        : Arrays.stream(weekDays.split(",")).map(DayOfWeek::valueOf).toList();
  }

  CheckSchedule paused(boolean now) {
    return with(now, accountedUntil);
  }

  CheckSchedule accountedUntil(Instant moment) {
    return with(paused, moment);
  }

  private CheckSchedule with(boolean newPaused, Instant newAccounted) {
    return new CheckSchedule(
        id,
        name,
        taskId,
        ends,
        askJson,
        rhythm,
        atTime,
        weekDays,
        cron,
        zone,
        keepResults,
        newPaused,
        newAccounted,
        createdBy,
        createdAt);
  }

  private static Times times(
      Rhythm rhythm, String atTime, List<DayOfWeek> days, String cron, ZoneId zone) {
    if (rhythm == Rhythm.CRON) {
      return new Times(cron, zone);
    }
    LocalTime time = LocalTime.parse(atTime);
    String minute = "0 " + time.getMinute() + " " + time.getHour();
    return new Times(
        rhythm == Rhythm.DAILY
            ? minute + " * * ?"
            : minute
                + " ? * "
                + days.stream()
                    .map(day -> day.name().substring(0, 3))
                    .collect(Collectors.joining(",")),
        zone);
  }
}
