package io.cachesync.web.check;

import java.util.List;

/**
 * A schedule as {@code POST /api/v1/check-schedules} takes it. docs/rest-api.md has the fields.
 *
 * @param time of a daily or weekly one, as {@code 03:00}
 * @param days of a weekly one, as {@code MONDAY}
 * @param cron the expression of one that says itself when it is due
 * @param check what is checked each time
 */
record ScheduleRequest(
    String name,
    Rhythm rhythm,
    String time,
    List<String> days,
    String cron,
    Integer keepResults,
    CheckRequest check) {

  /** As if it were typed, so that the same rules hold for it. */
  ScheduleForm form() {
    return new ScheduleForm(
        (rhythm == null ? Rhythm.CRON : rhythm).name(),
        name,
        time,
        days,
        cron,
        String.valueOf(keepResults == null ? ScheduleForm.DEFAULT_KEEP : keepResults));
  }
}
