package io.cachesync.web.sync;

import io.cachesync.web.agent.Job;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskSpec;
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
   * @param job the task's job, or null before its first start
   */
  static Step next(Task task, TaskSpec spec, Job job, Instant now) {
    if (task.run().dueOverdue(now)) {
      return NOTE_OVERDUE;
    }
    if (takenOver(task, spec, job)) {
      return launchOrGiveUp(task, spec, now);
    }
    Instant startAt = spec.how().startAt();
    boolean open = job != null && job.open();
    return switch (task.state()) {
      case DRAFT, PRECHECKING, READY -> NONE;
      case SCHEDULED -> startAt == null || !startAt.isAfter(now) ? BEGIN : NONE;
      case QUEUED -> open ? afterTheEnd(task, now) : PLACE;
      case DONE, FAILED, STOPPED -> open ? afterTheEnd(task, now) : NONE;
      default -> open ? withAgent(task, job, now) : withoutAgent(task, spec, job, now);
    };
  }

  /**
   * Whether the task was given to another machine than the one that its agent was started on and
   * that is out of reach: the next agent fences the former one.
   */
  private static boolean takenOver(Task task, TaskSpec spec, Job job) {
    boolean waits = task.state() == TaskState.RECOVERING || task.state() == TaskState.STOPPING;
    return waits
        && job != null
        && job.open()
        && spec.machineId() != null
        && spec.machineId() != job.machineId();
  }

  /**
   * Whether the job was started to stop the task from another machine: then only the agent's own
   * word ends the stop, for the former agent was not seen to end.
   */
  static boolean fences(Task task, Job job) {
    return task.state() == TaskState.STOPPING && job.startedAt().isAfter(task.stateSince());
  }

  /** Whether an agent is to be started now or next. */
  boolean needsMachine() {
    return this == PLACE || this == LAUNCH;
  }

  private static Step afterTheEnd(Task task, Instant now) {
    return task.stateSince().plus(GRACE).isBefore(now) ? KILL : PROBE;
  }

  private static Step withAgent(Task task, Job job, Instant now) {
    if (task.state() == TaskState.STOPPING && task.overdue() && hadTime(task, job, now)) {
      return KILL;
    }
    boolean reported = job.lastReportAt() != null && !job.lastReportAt().isBefore(job.startedAt());
    Instant heard = reported ? job.lastReportAt() : job.startedAt();
    return heard.plus(reported ? SILENCE : FIRST_REPORT).isBefore(now) ? PROBE : NONE;
  }

  /** One that was started while the state lasted is given as long as the state is. */
  private static boolean hadTime(Task task, Job job, Instant now) {
    Duration limit = task.state().limit().orElse(Duration.ZERO);
    return job.startedAt().plus(limit).isBefore(now);
  }

  private static Step launchOrGiveUp(Task task, TaskSpec spec, Instant now) {
    if (task.restarts() > spec.how().restartLimit()) {
      return GIVE_UP;
    }
    return launchInTime(task, now);
  }

  private static Step launchInTime(Task task, Instant now) {
    return task.retryAt() != null && task.retryAt().isAfter(now) ? NONE : LAUNCH;
  }

  private static Step withoutAgent(Task task, TaskSpec spec, Job job, Instant now) {
    return switch (task.state()) {
      case STARTING, FINISHING -> launchInTime(task, now);
      case RECOVERING -> launchOrGiveUp(task, spec, now);
      case STOPPING ->
          job != null && fences(task, job) ? launchOrGiveUp(task, spec, now) : NOTE_NO_AGENT;
      default -> NOTE_NO_AGENT;
    };
  }
}
