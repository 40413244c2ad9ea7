package io.cachesync.web.check;

import java.time.DayOfWeek;
import java.time.Instant;
import java.util.List;

/**
 * A schedule for programs. Sent back as it is, it changes nothing: see {@link ScheduleRequest}.
 *
 * @param time of a daily or weekly one
 * @param days of a weekly one
 * @param cron when it is due, whatever its rhythm
 * @param next its next time, or null where it is paused or has no more
 * @param last what its last time came to, or null before the first
 * @param check as {@code POST /api/v1/checks} takes it
 */
record ScheduleAnswer(
    long id,
    String name,
    Long task,
    String ends,
    Rhythm rhythm,
    String time,
    List<DayOfWeek> days,
    String cron,
    String zone,
    int keepResults,
    boolean paused,
    Instant next,
    Run last,
    CheckRequest check,
    String createdBy,
    Instant createdAt) {

  /**
   * What a time came to.
   *
   * @param check id of what was started, or was still running, or null
   * @param reason why there is no check, as a sentence, or null
   */
  record Run(Instant plannedAt, ScheduleRun.Outcome outcome, Long check, String reason) {}
}
