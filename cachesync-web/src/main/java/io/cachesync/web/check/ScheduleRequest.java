package io.cachesync.web.check;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.cachesync.web.system.Refusal;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;

/**
 * A schedule as {@code POST /api/v1/check-schedules} takes it. docs/rest-api.md has the fields.
 * What only the console says of one ({@link ScheduleAnswer}) is passed over, so that an answer can
 * be sent back; where it would be a wish, it has to be as it is.
 *
 * @param time of a daily or weekly one, as {@code 03:00}
 * @param days of a weekly one, as {@code MONDAY}
 * @param cron the expression of one that says itself when it is due
 * @param check what is checked each time
 * @param task that of the check, or null
 * @param zone that of the console, or null
 * @param paused as it is, or null
 */
@JsonIgnoreProperties({"id", "ends", "next", "last", "createdBy", "createdAt"})
record ScheduleRequest(
    String name,
    Rhythm rhythm,
    String time,
    List<String> days,
    String cron,
    Integer keepResults,
    CheckRequest check,
    Long task,
    String zone,
    Boolean paused) {

  /**
   * Refuses what this cannot change, and a schedule of nothing.
   *
   * @param now as it is, or null before there is one
   */
  void refuseWhatCannotBe(CheckSchedule now) {
    if (check == null) {
      throw Refusal.invalid("check", "check.invalid.choose");
    }
    if (task != null && !task.equals(check.task())) {
      throw Refusal.invalid("task", "check.schedule.invalid.task");
    }
    String ownZone = ZoneId.systemDefault().getId();
    if (zone != null && !zone.equals(ownZone) && (now == null || !zone.equals(now.zone()))) {
      throw Refusal.invalid("zone", "check.schedule.invalid.zone", ownZone);
    }
    if (paused != null && !Objects.equals(paused, now != null && now.paused())) {
      throw Refusal.invalid("paused", "check.schedule.invalid.paused");
    }
  }

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
