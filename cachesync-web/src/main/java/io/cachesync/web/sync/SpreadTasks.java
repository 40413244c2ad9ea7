package io.cachesync.web.sync;

import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskParts;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTransitions;
import io.cachesync.web.task.TaskTrigger;
import io.cachesync.web.task.TaskWhy;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Brings the parts of a task to what is wanted of the whole, and the whole to what its parts are.
 * Everything it knows is in the database, and each part is looked after as any other task is.
 */
@Component
class SpreadTasks {
  private final TaskService tasks;
  private final TaskParts parts;
  private final TaskTransitions transitions;
  private final Shares shares;
  private final TaskLog log;
  private final Clock clock;

  SpreadTasks(
      TaskService tasks,
      TaskParts parts,
      TaskTransitions transitions,
      Shares shares,
      TaskLog log,
      Clock clock) {
    this.tasks = tasks;
    this.parts = parts;
    this.transitions = transitions;
    this.shares = shares;
    this.log = log;
    this.clock = clock;
  }

  /**
   * Does the next thing that a task with parts needs.
   *
   * @return false where the task has no parts, or these are through and it is its own job's turn
   */
  boolean step(Task whole) {
    List<Task> all = parts.of(whole.id());
    if (all.isEmpty()) {
      if (whole.state() != TaskState.QUEUED || parts.machines(whole.id()).isEmpty()) {
        return false;
      }
      // Measured anew: where slots have moved, one job had all of them meanwhile.
      all = shares.measure(whole, parts.machines(whole.id()));
      if (all.isEmpty()) {
        return true;
      }
    }
    if (isResharded(whole, all)) {
      goOnAsOne(whole, all);
      return true;
    }
    if (isOver(whole, all)) {
      return false;
    }
    if (whole.run().dueOverdue(clock.instant())) {
      transitions.observe(whole.id(), TaskTrigger.OVERDUE, TaskWhy.overdue());
      return true;
    }
    if (whole.state() == TaskState.QUEUED) {
      begin(whole, all);
      return true;
    }
    for (Task part : all) {
      PartStates.wanted(whole, part)
          .ifPresent(trigger -> transitions.observe(part.id(), trigger, ""));
    }
    if (parts.haveAllBegun(whole.id())) {
      tasks.begun(whole.id());
    }
    if (whole.desired() != Desired.REMOVE) {
      observe(whole, parts.of(whole.id()));
    }
    return true;
  }

  /** Only what is through, or given up for good, leaves our keys to be removed by one job. */
  private static boolean isOver(Task whole, List<Task> all) {
    boolean removes = whole.desired() == Desired.REMOVE && whole.state() != TaskState.STOPPING;
    return whole.state().active()
        && (whole.state() == TaskState.FINISHING || whole.state() == TaskState.RECOVERING)
        && all.stream()
            .allMatch(part -> removes ? part.state().ended() : part.state() == TaskState.DONE);
  }

  private void begin(Task whole, List<Task> all) {
    // An agent of the former run may not have been seen to end: its own task looks after that.
    if (all.stream().anyMatch(part -> part.state().active())) {
      for (Task part : all) {
        PartStates.wanted(whole, part)
            .ifPresent(trigger -> transitions.observe(part.id(), trigger, ""));
      }
      return;
    }
    for (Task part : all) {
      if (part.state() == TaskState.DONE) {
        parts.replace(whole, part);
      } else if (part.state().ended()) {
        transitions.observe(part.id(), TaskTrigger.START, "");
      }
    }
    transitions.observe(
        whole.id(), TaskTrigger.PLACED, TaskWhy.spread(all.size(), machines(parts.of(whole.id()))));
  }

  private void observe(Task whole, List<Task> all) {
    Optional<TaskTrigger> trigger = PartStates.of(all.stream().map(Task::state).toList());
    if (trigger.isEmpty()) {
      return;
    }
    Task told =
        all.stream()
            .filter(part -> part.state() == TaskState.FAILED)
            .findFirst()
            .or(() -> all.stream().filter(part -> part.state() == TaskState.RECOVERING).findFirst())
            .orElse(null);
    // While it stops, what one failed with has stopped it as well.
    if (whole.state() == TaskState.STOPPING) {
      if (all.stream().allMatch(part -> part.state().ended())) {
        transitions.observe(whole.id(), TaskTrigger.REPORT_STOPPED, "");
      }
    } else if (told != null && told.fault() != null) {
      transitions.observe(whole.id(), trigger.get(), faultOf(told));
    } else {
      transitions.observe(whole.id(), trigger.get(), "");
    }
  }

  private Fault faultOf(Task part) {
    Fault fault = part.fault();
    String message = tasks.spec(part.id()).machineName() + ": " + fault.message();
    return new Fault(
        fault.code(),
        TaskWhy.isOne(fault.message()) ? fault.message() : message,
        fault.retryable());
  }

  private static boolean isResharded(Task whole, List<Task> all) {
    return (whole.state().active() && whole.state() != TaskState.STOPPING
            || whole.state() == TaskState.QUEUED)
        && whole.desired() != Desired.REMOVE
        && all.stream().anyMatch(part -> part.faultCode() == FaultCode.SPREAD_RESHARDED);
  }

  /** Slots that move are lived through by one process that has all of them. */
  private void goOnAsOne(Task whole, List<Task> all) {
    boolean runs = false;
    for (Task part : all) {
      if (part.state().active() || part.state() == TaskState.QUEUED) {
        runs = true;
        if (part.run().allows(TaskTrigger.STOP)) {
          transitions.observe(part.id(), TaskTrigger.STOP, TaskWhy.resharded());
        }
      }
    }
    if (runs) {
      return;
    }
    if (parts.haveAllBegun(whole.id())) {
      tasks.begun(whole.id());
    }
    transitions.observe(
        whole.id(),
        TaskTrigger.REPORT_RETRYING,
        Fault.retryable(FaultCode.SPREAD_RESHARDED, TaskWhy.resharded()));
    log.warn(
        whole.id(),
        "slots move at the source: the shards go on in one job, from the checkpoints at the target");
    // In this order: a console that dies in between finds the parts, and does both again.
    parts.chooseMachines(whole.id(), List.of());
    parts.dissolve(whole.id());
  }

  private String machines(List<Task> all) {
    return String.join(
        ", ", all.stream().map(part -> tasks.spec(part.id()).machineName()).distinct().toList());
  }
}
