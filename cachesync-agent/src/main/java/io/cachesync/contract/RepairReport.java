package io.cachesync.contract;

import java.util.Map;

/**
 * How far a repair has come.
 *
 * @param fault why it failed, otherwise null
 * @param keys that were chosen
 * @param done of these so far
 * @param courses what became of those
 * @param check of the keys that were chosen, once they are repaired; null before, and where none is
 *     made
 */
public record RepairReport(
    long startedMillis,
    long atMillis,
    RepairPhase phase,
    Fault fault,
    long keys,
    long done,
    Map<RepairCourse, Long> courses,
    CheckReport check) {
  public RepairReport {
    phase = phase == null ? RepairPhase.UNKNOWN : phase;
    courses = courses == null ? Map.of() : Map.copyOf(courses);
  }

  public long keys(RepairCourse course) {
    return courses.getOrDefault(course, 0L);
  }
}
