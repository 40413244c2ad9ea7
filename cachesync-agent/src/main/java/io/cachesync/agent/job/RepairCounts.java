package io.cachesync.agent.job;

import io.cachesync.contract.CheckReport;
import io.cachesync.contract.Fault;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairedKey;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;

/** How far a repair has come. Thread-safe. */
final class RepairCounts {
  private final Clock clock;
  private final long startedMillis;
  private final Map<RepairCourse, Long> courses = new EnumMap<>(RepairCourse.class);
  private RepairPhase phase = RepairPhase.CONNECTING;
  private Fault fault;
  private long keys;
  private long done;
  private RepairReport followed;

  RepairCounts(Clock clock) {
    this.clock = clock;
    this.startedMillis = clock.millis();
  }

  synchronized void phase(RepairPhase next) {
    phase = next;
  }

  synchronized void end(RepairPhase last, Fault why) {
    phase = last;
    fault = why;
  }

  synchronized void keys(long chosen) {
    keys = chosen;
  }

  synchronized void add(RepairedKey key) {
    done++;
    courses.merge(key.course(), 1L, Long::sum);
  }

  /** What another process has counted so far, besides what was counted here. */
  synchronized void follow(RepairReport report) {
    followed = report;
  }

  /**
   * @param check of what was repaired, or null
   */
  synchronized RepairReport report(CheckReport check) {
    Map<RepairCourse, Long> all = new EnumMap<>(RepairCourse.class);
    all.putAll(courses);
    long doneElsewhere = 0;
    if (followed != null) {
      followed.courses().forEach((course, count) -> all.merge(course, count, Long::sum));
      doneElsewhere = followed.done();
    }
    return new RepairReport(
        startedMillis, clock.millis(), phase, fault, keys, done + doneElsewhere, all, check);
  }
}
