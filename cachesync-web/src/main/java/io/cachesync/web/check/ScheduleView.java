package io.cachesync.web.check;

import java.time.Instant;
import java.util.List;

/**
 * A schedule as pages show it, in the reader's language.
 *
 * @param when as "daily at 03:00"
 * @param next its next times, none where it is paused or has no more
 * @param last what its last time came to, or null before the first
 */
record ScheduleView(
    CheckSchedule row,
    String when,
    String stateLabel,
    String tone,
    String icon,
    List<Instant> next,
    RunView last) {

  /** Its very next time, or null. */
  public Instant soonest() {
    return next.isEmpty() ? null : next.get(0);
  }

  /**
   * What one time came to.
   *
   * @param text why there is no check, or null
   * @param check what was started, or was still running; null where there is none any more
   */
  record RunView(
      Instant plannedAt, String label, String tone, String icon, String text, CheckView check) {}
}
