package io.cachesync.web.check;

import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairedKey;
import java.util.List;
import java.util.Map;

/**
 * What a repair would do, as both sides stand now.
 *
 * @param chosen how many keys are repaired, of which the first are planned
 * @param unnamed how many more were chosen, of whose names only the beginning is known
 * @param unnamedKeys the first of these, as they are shown
 * @param planned of these, how many were looked at
 * @param courses what would become of those
 * @param keys some of them
 */
record RepairPlan(
    long chosen,
    long unnamed,
    List<String> unnamedKeys,
    long planned,
    Map<RepairCourse, Long> courses,
    List<RepairedKey> keys) {
  long keys(RepairCourse course) {
    return courses.getOrDefault(course, 0L);
  }

  /** How many keys are written or removed at most: those that were not looked at may be. */
  public long most() {
    return chosen - planned + keys(RepairCourse.WRITE) + keys(RepairCourse.DELETE);
  }
}
