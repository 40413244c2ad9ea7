package io.cachesync.web.sync;

import io.cachesync.web.agent.Job;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskState;
import java.time.Duration;
import java.time.Instant;

/** The next thing to do for a task, decided from what the database says and nothing else. */
enum Step {
  NONE,
  /** The hour has come. */
  BEGIN,
  /** Give the task to its machine. */
  PLACE,
  /** Start an agent. */
  LAUNCH,
  /** Ask the machine whether the agent lives. */
  PROBE,
  /** End the agent's process. */
  KILL,
  /** No agent runs though one should, or should be seen to end. */
  NOTE_NO_AGENT,
  /** The restart policy allows no more. */
  GIVE_UP,
  /** The state takes longer than it may. */
  NOTE_OVERDUE;

  /** Three missing reports: then the machine is asked. */
  static final Duration SILENCE = Duration.ofSeconds(3);

  /** A JVM on a loaded machine needs some time until its first report. */
  static final Duration FIRST_REPORT = Duration.ofSeconds(8);

  /** An agent whose task has ended gets this long to end by itself. */
  static final Duration GRACE = Duration.ofSeconds(20);

  /**
   * Decides.
   *
   * @param startAt when a scheduled task begins, or null
   * @param job the task's job, or null before its first start
   */
  static Step next(Task task, Instant startAt, int restartLimit, Job job, Instant now) {
    if (task.run().dueOverdue(now)) {
      return NOTE_OVERDUE;
    }
    boolean open = job != null && job.open();
    return switch (task.state()) {
      case DRAFT, PRECHECKING, READY -> NONE;
      case SCHEDULED -> startAt == null || !startAt.isAfter(now) ? BEGIN : NONE;
      case QUEUED -> open ? afterTheEnd(task, now) : PLACE;
      case DONE, FAILED, STOPPED -> open ? afterTheEnd(task, now) : NONE;
      default -> open ? withAgent(task, job, now) : withoutAgent(task, restartLimit, now);
    };
  }

  private static Step afterTheEnd(Task task, Instant now) {
    return task.stateSince().plus(GRACE).isBefore(now) ? KILL : PROBE;
  }

  private static Step withAgent(Task task, Job job, Instant now) {
    if (task.state() == TaskState.STOPPING && task.overdue()) {
      return KILL;
    }
    boolean reported = job.lastReportAt() != null && !job.lastReportAt().isBefore(job.startedAt());
    Instant heard = reported ? job.lastReportAt() : job.startedAt();
    return heard.plus(reported ? SILENCE : FIRST_REPORT).isBefore(now) ? PROBE : NONE;
  }

  private static Step launchInTime(Task task, Instant now) {
    return task.retryAt() != null && task.retryAt().isAfter(now) ? NONE : LAUNCH;
  }

  private static Step withoutAgent(Task task, int restartLimit, Instant now) {
    return switch (task.state()) {
      case STARTING, FINISHING -> launchInTime(task, now);
      case RECOVERING -> task.restarts() > restartLimit ? GIVE_UP : launchInTime(task, now);
      default -> NOTE_NO_AGENT;
    };
  }
}
