package io.cachesync.web.check;

import java.time.Instant;

/**
 * What became of a time of a schedule.
 *
 * @param checkId the check that was started, or that was still running; null where it was deleted
 * @param reason message key of why there is none, or null
 * @param reasonJson its arguments, an array of texts, or null
 */
public record ScheduleRun(
    long id,
    long scheduleId,
    Instant plannedAt,
    Outcome outcome,
    Long checkId,
    String reason,
    String reasonJson) {

  /** What a time can come to. */
  public enum Outcome {
    STARTED,
    /** The former check was still running. */
    SKIPPED,
    /** No console ran. */
    MISSED,
    /** The check cannot be done as things are. */
    REFUSED
  }
}
