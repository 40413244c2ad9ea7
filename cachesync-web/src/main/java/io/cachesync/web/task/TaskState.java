package io.cachesync.web.task;

import java.time.Duration;
import java.util.Optional;

/** Where a task stands. docs/task-states.md draws the way through; a test compares. */
public enum TaskState {
  /** Being written in the wizard, or sent back by a precheck. */
  DRAFT(null),
  PRECHECKING(Duration.ofMinutes(5)),
  /** Checked, may start. */
  READY(null),
  /** Starts by itself at its time. */
  SCHEDULED(null),
  /** Waits for its machine to take it. */
  QUEUED(Duration.ofMinutes(10)),
  /** The agent is being started, or told to go on after a pause. */
  STARTING(Duration.ofMinutes(3)),
  FULL_SYNC(null),
  INCREMENTAL(null),
  PAUSING(Duration.ofMinutes(1)),
  PAUSED(null),
  STOPPING(Duration.ofSeconds(30)),
  /** Ended on request, the checkpoint kept. */
  STOPPED(null),
  /** The agent died, its host does not answer, or it retries after a fault that passes. */
  RECOVERING(Duration.ofMinutes(10)),
  /** Applying what was received and removing the checkpoint. */
  FINISHING(Duration.ofMinutes(10)),
  DONE(null),
  FAILED(null);

  private final Duration limit;

  TaskState(Duration limit) {
    this.limit = limit;
  }

  /** How long a task may be in this state before {@link TaskTrigger#OVERDUE} befalls it. */
  public Optional<Duration> limit() {
    return Optional.ofNullable(limit);
  }

  /** Whether an agent runs for it, or should. */
  public boolean active() {
    return switch (this) {
      case STARTING, FULL_SYNC, INCREMENTAL, PAUSING, PAUSED, STOPPING, RECOVERING, FINISHING ->
          true;
      default -> false;
    };
  }

  /** Whether what was asked can still be edited in the wizard. */
  public boolean editable() {
    return this == DRAFT || this == READY;
  }

  public boolean deletable() {
    return switch (this) {
      case DRAFT, READY, STOPPED, FAILED, DONE -> true;
      default -> false;
    };
  }

  /** Whether it has run and does no more. */
  public boolean ended() {
    return this == STOPPED || this == FAILED || this == DONE;
  }
}
