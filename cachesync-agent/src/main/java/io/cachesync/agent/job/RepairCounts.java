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

  /** What another process has counted. */
  synchronized void follow(RepairReport report) {
    done = report.done();
    courses.clear();
    courses.putAll(report.courses());
  }

  /**
   * @param check of what was repaired, or null
   */
  synchronized RepairReport report(CheckReport check) {
    return new RepairReport(
        startedMillis, clock.millis(), phase, fault, keys, done, courses, check);
  }
}
