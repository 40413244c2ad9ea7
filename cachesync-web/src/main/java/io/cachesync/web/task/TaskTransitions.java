package io.cachesync.web.task;

import io.cachesync.contract.Fault;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Moves tasks through their states: the one place that writes a state. Stages call it with what
 * they observed; what people ask for comes by way of {@link TaskService}, which checks their role.
 */
@Component
public class TaskTransitions {
  private static final int LOOKED_BACK = 100;

  private final TaskMapper tasks;
  private final TaskSpecMapper specs;
  private final TaskEventMapper events;
  private final Clock clock;

  TaskTransitions(TaskMapper tasks, TaskSpecMapper specs, TaskEventMapper events, Clock clock) {
    this.tasks = tasks;
    this.specs = specs;
    this.events = events;
    this.clock = clock;
  }

  /** Tells the task what was observed; where this changes nothing, nothing is written. */
  @Transactional
  public Task observe(long taskId, TaskTrigger trigger, String why) {
    return apply(taskId, trigger, TaskEvent.CONSOLE, why, null);
  }

  /** As {@link #observe(long, TaskTrigger, String)}, with the fault that is behind it. */
  @Transactional
  public Task observe(long taskId, TaskTrigger trigger, Fault fault) {
    return apply(taskId, trigger, TaskEvent.CONSOLE, why(fault), fault);
  }

  /**
   * Gives a start up for what was found after {@code seen} was read. Nothing is done where the task
   * has moved on since: it may have been stopped and started again, with other machines.
   */
  @Transactional
  public void giveUp(Task seen, Fault fault) {
    if (tasks.lock(seen.id()).filter(seen::isStill).isPresent()) {
      apply(seen.id(), TaskTrigger.GIVE_UP, TaskEvent.CONSOLE, why(fault), fault);
    }
  }

  /**
   * Says why a start has to wait, once, and puts its next try off; as {@link #giveUp} only where
   * the task has not moved on.
   */
  @Transactional
  public void waitFor(Task seen, String why, Duration pause) {
    if (tasks.lock(seen.id()).filter(seen::isStill).isPresent()) {
      passedOver(seen.id(), why);
      postpone(seen.id(), pause);
    }
  }

  /**
   * Asks a part of a task for what it lacks, judged by how both stand when nobody else can move
   * them any more: what was seen before may have passed, and what is right of a part that runs may
   * be wrong of one that has ended.
   *
   * @param lacks of whole and part; nothing where the part is as it should be
   */
  @Transactional
  public void ask(
      long wholeId, long partId, BiFunction<Task, Task, Optional<TaskTrigger>> lacks, String why) {
    Optional<Task> whole = tasks.lock(wholeId);
    Optional<Task> part = tasks.lock(partId);
    whole
        .flatMap(of -> part.flatMap(each -> lacks.apply(of, each)))
        .ifPresent(trigger -> apply(partId, trigger, TaskEvent.CONSOLE, why, null));
  }

  /** As {@link #observe(long, TaskTrigger, String)}, where a person's word stands behind it. */
  @Transactional
  public Task observeFor(String who, long taskId, TaskTrigger trigger, String why) {
    return apply(taskId, trigger, who, why, null);
  }

  /** Notes what a person said of a task whose state shows it already. */
  @Transactional
  public void noteFor(String who, long taskId, TaskTrigger trigger, String why) {
    Task task = tasks.lock(taskId).orElseThrow(() -> new UnknownTask(taskId));
    note(task, who, trigger, why);
  }

  /** Says on the task's page what keeps it where it is; its state stays. */
  @Transactional
  public void explain(long taskId, Fault fault) {
    Task task = tasks.lock(taskId).orElseThrow(() -> new UnknownTask(taskId));
    boolean told =
        fault.code() == task.faultCode()
            && Objects.equals(shortened(fault.message()), task.faultMessage());
    if (keepsFault(task.state()) && !told) {
      write(task, task.run(), fault, task.startedAt(), task.restarts(), task.retryAt());
    }
  }

  /** Gives a task that waits or recovers to another machine, where it may be started at once. */
  @Transactional
  public Task move(long taskId, long machineId, String machineName, String why) {
    Task task = tasks.lock(taskId).orElseThrow(() -> new UnknownTask(taskId));
    if (!task.run().allows(TaskTrigger.MOVED)) {
      return task;
    }
    specs.move(taskId, machineId, machineName);
    write(task, task.run(), task.fault(), task.startedAt(), task.restarts(), null);
    note(task, TaskEvent.CONSOLE, TaskTrigger.MOVED, why);
    return tasks.find(taskId).orElseThrow(() -> new UnknownTask(taskId));
  }

  /** Notes once, for as long as the task stays in its state, why a machine did not take it over. */
  @Transactional
  public void passedOver(long taskId, String why) {
    Task task = tasks.lock(taskId).orElseThrow(() -> new UnknownTask(taskId));
    boolean told =
        events.newest(taskId, LOOKED_BACK).stream()
            .takeWhile(event -> event.fromState() == event.toState())
            .takeWhile(event -> event.what() != TaskTrigger.MOVED)
            .anyMatch(event -> event.why().equals(TaskEvent.shortened(why)));
    if (!told) {
      note(task, TaskEvent.CONSOLE, TaskTrigger.PASSED_OVER, why);
    }
  }

  /** Puts the next try off. It is not counted: nothing was seen to fail but the machine. */
  @Transactional
  public void postpone(long taskId, Duration pause) {
    Task task = tasks.lock(taskId).orElseThrow(() -> new UnknownTask(taskId));
    Instant retryAt = clock.instant().plus(pause);
    write(task, task.run(), task.fault(), task.startedAt(), task.restarts(), retryAt);
  }

  /** Counts an agent that was seen to die or not to start, and says when the next start may be. */
  @Transactional
  public Task countRestart(long taskId, Duration backOff) {
    Task task = tasks.lock(taskId).orElseThrow(() -> new UnknownTask(taskId));
    Instant retryAt = clock.instant().plus(backOff);
    write(task, task.run(), task.fault(), task.startedAt(), task.restarts() + 1, retryAt);
    return tasks.find(taskId).orElseThrow(() -> new UnknownTask(taskId));
  }

  /** Forgets former restarts, after an agent that lived long. */
  @Transactional
  public void forgetRestarts(long taskId) {
    Task task = tasks.lock(taskId).orElseThrow(() -> new UnknownTask(taskId));
    write(task, task.run(), task.fault(), task.startedAt(), 0, null);
  }

  /** Moves a task. Must run inside a transaction. */
  Task apply(long taskId, TaskTrigger trigger, String who, String why, Fault fault) {
    Task task = tasks.lock(taskId).orElseThrow(() -> new UnknownTask(taskId));
    Instant now = clock.instant();
    TaskRun next = task.run().apply(trigger, now);
    if (next.equals(task.run())) {
      return task;
    }
    move(task, next, trigger, fault, now);
    events.insert(new TaskEvent(0, taskId, now, trigger, task.state(), next.state(), who, why));
    return tasks.find(taskId).orElseThrow(() -> new UnknownTask(taskId));
  }

  private void note(Task task, String who, TaskTrigger what, String why) {
    events.insert(
        new TaskEvent(0, task.id(), clock.instant(), what, task.state(), task.state(), who, why));
  }

  /** What the console found out itself is said in the reader's language. */
  private static String why(Fault fault) {
    if (fault == null) {
      return "";
    }
    return TaskWhy.isOne(fault.message()) ? fault.message() : fault.code() + ": " + fault.message();
  }

  private void move(Task task, TaskRun next, TaskTrigger trigger, Fault fault, Instant now) {
    boolean entersRun = next.state() == TaskState.STARTING && !task.hasRun();
    boolean personStarts = trigger == TaskTrigger.START || trigger == TaskTrigger.FINISH;
    Fault kept = keepsFault(next.state()) ? (fault == null ? task.fault() : fault) : null;
    write(
        task,
        next,
        kept,
        entersRun ? now : task.startedAt(),
        personStarts ? 0 : task.restarts(),
        personStarts ? null : task.retryAt());
  }

  private void write(
      Task task, TaskRun next, Fault fault, Instant startedAt, int restarts, Instant retryAt) {
    Instant endedAt =
        next.state().ended()
            ? (task.state() == next.state() ? task.endedAt() : clock.instant())
            : null;
    int written =
        tasks.move(
            task.id(),
            task.version(),
            next,
            fault == null ? null : fault.code(),
            fault == null ? null : shortened(fault.message()),
            startedAt,
            endedAt,
            restarts,
            retryAt);
    if (written != 1) {
      throw new OptimisticLockingFailureException("task " + task.id() + " has moved on");
    }
  }

  /** A stop says what it waits for. */
  private static boolean keepsFault(TaskState state) {
    return state == TaskState.RECOVERING
        || state == TaskState.FAILED
        || state == TaskState.STOPPING;
  }

  private static String shortened(String message) {
    return message == null || message.length() <= 1000 ? message : message.substring(0, 1000);
  }
}
