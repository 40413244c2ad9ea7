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
      List<Long> machines =
          whole.state() == TaskState.QUEUED ? parts.machines(whole.id()) : List.of();
      if (machines.isEmpty()) {
        return false;
      }
      if (isOverdue(whole) || whole.retryAt() != null && whole.retryAt().isAfter(clock.instant())) {
        return true;
      }
      // Measured anew: where slots have moved, one job had all of them meanwhile.
      all = shares.measure(whole, machines);
      if (all.isEmpty()) {
        return true;
      }
    }
    // Before what a part ended with: a start afresh of it is to be of parts, measured anew.
    if (whole.state() == TaskState.QUEUED && isGivenOutAnew(whole)) {
      return true;
    }
    if (isResharded(whole, all)) {
      goOnAsOne(whole, all);
      return true;
    }
    if (isOver(whole, all)) {
      return false;
    }
    if (isOverdue(whole)) {
      return true;
    }
    if (whole.state() == TaskState.QUEUED) {
      begin(whole, all);
      return true;
    }
    all.forEach(part -> tell(whole, part));
    noteBegun(whole);
    if (whole.desired() != Desired.REMOVE) {
      observe(whole, parts.of(whole.id()));
    }
    return true;
  }

  /** Tells a part what it lacks, where it still does: both may have moved since a look at them. */
  void tell(Task whole, Task part) {
    if (PartStates.wanted(whole, part).isPresent()) {
      transitions.ask(whole.id(), part.id(), PartStates::wanted, "");
    }
  }

  private void noteBegun(Task whole) {
    if (!parts.hasBegun(whole.id())) {
      parts.noteBegun(whole.id());
    }
  }

  private boolean isOverdue(Task whole) {
    if (!whole.run().dueOverdue(clock.instant())) {
      return false;
    }
    transitions.observe(whole.id(), TaskTrigger.OVERDUE, TaskWhy.overdue());
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
      all.forEach(part -> tell(whole, part));
      return;
    }
    for (Task part : all) {
      if (part.state() == TaskState.DONE) {
        parts.replace(whole, part);
      } else {
        transitions.ask(whole.id(), part.id(), SpreadTasks::start, "");
      }
    }
    transitions.observe(
        whole.id(), TaskTrigger.PLACED, TaskWhy.spread(all.size(), machines(parts.of(whole.id()))));
  }

  /** Not where a machine that was chosen is away: its part may be on one that can go on. */
  private boolean isGivenOutAnew(Task whole) {
    return shares.usable(parts.machines(whole.id())) && parts.dissolveAfresh(whole.id());
  }

  private static Optional<TaskTrigger> start(Task whole, Task part) {
    return whole.state() == TaskState.QUEUED && part.state().ended()
        ? Optional.of(TaskTrigger.START)
        : Optional.empty();
  }

  private void observe(Task whole, List<Task> all) {
    // A person who chooses machines anew, or deletes it, takes them away at any time.
    if (all.isEmpty()) {
      return;
    }
    if (whole.state() == TaskState.STOPPING) {
      observeStop(whole, all);
      return;
    }
    Optional<TaskTrigger> trigger = PartStates.of(all.stream().map(Task::state).toList());
    if (trigger.isEmpty()) {
      return;
    }
    Optional<Fault> fault =
        first(all, TaskState.FAILED).or(() -> first(all, TaskState.RECOVERING)).map(this::faultOf);
    if (fault.isEmpty()) {
      transitions.observe(whole.id(), trigger.get(), "");
      return;
    }
    Task now = transitions.observe(whole.id(), trigger.get(), fault.get());
    if (now.state() == TaskState.RECOVERING) {
      // The same state may have got another reason, or another part.
      transitions.explain(whole.id(), fault.get());
    }
  }

  /** While it stops, what one failed with has stopped it as well. */
  private void observeStop(Task whole, List<Task> all) {
    if (all.stream().allMatch(part -> part.state().ended())) {
      transitions.observe(whole.id(), TaskTrigger.REPORT_STOPPED, "");
    } else {
      first(all, TaskState.STOPPING)
          .ifPresent(part -> transitions.explain(whole.id(), faultOf(part)));
    }
  }

  /** The first that is in a state and says why. */
  private static Optional<Task> first(List<Task> all, TaskState state) {
    return all.stream().filter(part -> part.state() == state && part.fault() != null).findFirst();
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
    // At once: while the others end nothing moves, and a machine may be away.
    Fault resharded = Fault.retryable(FaultCode.SPREAD_RESHARDED, TaskWhy.resharded());
    Task seen = transitions.observe(whole.id(), TaskTrigger.REPORT_RETRYING, resharded);
    if (seen.state() == TaskState.RECOVERING) {
      // It may have been recovering from something else, as from a machine that was lost.
      transitions.explain(whole.id(), resharded);
    }
    if (!all.stream().allMatch(part -> part.state().ended())) {
      all.forEach(
          part ->
              transitions.ask(
                  whole.id(),
                  part.id(),
                  (now, each) -> PartStates.stopped(each.state()),
                  TaskWhy.resharded()));
      return;
    }
    noteBegun(whole);
    boolean afresh = parts.isAfresh(whole.id());
    if (parts.dissolveResharded(whole.id())) {
      log.warn(
          whole.id(),
          "slots move at the source: the shards go on in one job, "
              + (afresh
                  ? "which begins afresh with all of them"
                  : "from the checkpoints at the target"));
    }
  }

  private String machines(List<Task> all) {
    return String.join(
        ", ", all.stream().map(part -> tasks.spec(part.id()).machineName()).distinct().toList());
  }
}
