package io.cachesync.web.precheck;

import java.time.Instant;
import java.util.List;

/**
 * The newest precheck of a task.
 *
 * @param faultKey message key of why it could not be run to its end, or null
 * @param faultArguments the sentence's arguments, one a line, or null
 * @param sourceRunId run_id of the source node, empty while unknown
 * @param targetRunId run_id of the target node, empty while unknown
 * @param endedAt null while it runs
 */
public record PrecheckRun(
    long taskId,
    String machineName,
    Outcome outcome,
    String faultKey,
    String faultArguments,
    String sourceRunId,
    String targetRunId,
    Instant startedAt,
    Instant endedAt) {

  /** How it ended. */
  public enum Outcome {
    RUNNING,
    /** Nothing blocks; warnings may wait for a person. */
    PASSED,
    BLOCKED,
    /** The machine or its agent could not be asked. */
    FAILED,
    /** It has ended, and the task was saved again since: it is about what was asked before. */
    OUTDATED
  }

  public boolean outdated() {
    return outcome == Outcome.OUTDATED;
  }

  /** The arguments of the fault's sentence. */
  public Object[] faultArgumentArray() {
    List<String> lines = faultArguments == null ? List.of() : faultArguments.lines().toList();
    return lines.toArray();
  }
}
