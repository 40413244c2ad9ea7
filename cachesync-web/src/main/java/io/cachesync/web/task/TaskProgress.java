package io.cachesync.web.task;

import io.cachesync.contract.Phase;
import java.time.Duration;
import java.time.Instant;

/**
 * How far a task is, as its stage last said. Unknown numbers are -1.
 *
 * @param updatedAt when that was heard, by the console's clock
 * @param phase the phase of its least advanced link
 * @param lagMillis the largest lag of its links
 * @param inSync whether all its links are in sync
 * @param leftMillis estimate of the time until the full sync is done
 * @param deadLetters keys that may differ at the target
 */
public record TaskProgress(
    long taskId,
    Instant updatedAt,
    Phase phase,
    int percent,
    long keysApplied,
    long bytesPerSecond,
    long commandsPerSecond,
    long lagBytes,
    long lagMillis,
    boolean inSync,
    long leftMillis,
    long deadLetters) {

  /** Reports come every second; an older one does not tell what is so now. */
  public static final Duration FRESH = Duration.ofSeconds(5);

  /** What can be said of it now: in sync only while the task goes on and reports come. */
  TaskProgress seen(TaskState state, Instant now) {
    return inSync && !holds(state, updatedAt, now)
        ? new TaskProgress(
            taskId,
            updatedAt,
            phase,
            percent,
            keysApplied,
            bytesPerSecond,
            commandsPerSecond,
            lagBytes,
            lagMillis,
            false,
            leftMillis,
            deadLetters)
        : this;
  }

  /**
   * Whether a link of a task that said to be in sync may still be taken to be so.
   *
   * @param heardAt when it said so, by the console's clock
   */
  public static boolean holds(TaskState state, Instant heardAt, Instant now) {
    return state == TaskState.INCREMENTAL && fresh(heardAt, now);
  }

  /** Whether what was heard then, by the console's clock, still tells what is so now. */
  public static boolean fresh(Instant heardAt, Instant now) {
    return heardAt != null && heardAt.plus(FRESH).isAfter(now);
  }
}
