package io.cachesync.web.check;

import io.cachesync.contract.CheckReport;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.LimitSpec;
import java.time.Instant;
import java.util.List;

/**
 * A check for programs.
 *
 * @param equal whether no key differs, of a check that is done; otherwise null, also where only
 *     keys of a repair were looked at and none of them differs
 * @param verdict the same in one sentence
 * @param remarks what the verdict does not tell
 * @param filter of two endpoints; that of a task stands in the task
 * @param report what its agent told last, or null before the first
 * @param listed differences that can be read, -1 where they cannot
 * @param fault why it waits or failed, or null
 */
record CheckAnswer(
    long id,
    Long task,
    String taskName,
    String source,
    String target,
    String machine,
    CheckState state,
    Instant stateSince,
    Boolean equal,
    String verdict,
    List<String> remarks,
    How how,
    FilterSpec filter,
    LimitSpec limits,
    CheckReport report,
    int listed,
    Failure fault,
    String createdBy,
    Instant createdAt,
    Instant startedAt,
    Instant endedAt) {

  /** How it is done. */
  record How(
      String mode,
      int rounds,
      long pauseMillis,
      int parallel,
      double samplePercent,
      long bigElements,
      long ttlToleranceMillis,
      boolean bothDirections,
      boolean fullCheck) {
    static How of(CheckSpec spec) {
      return new How(
          spec.mode().name(),
          spec.rounds(),
          spec.pauseMillis(),
          spec.parallel(),
          spec.samplePercent(),
          spec.bigKeyElements(),
          spec.ttlToleranceMillis(),
          spec.bothDirections(),
          spec.program() != null);
    }
  }

  /** Why it waits or failed. */
  record Failure(String code, String message) {}
}
