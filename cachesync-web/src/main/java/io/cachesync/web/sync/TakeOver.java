package io.cachesync.web.sync;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.web.agent.Job;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskSpec;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTransitions;
import io.cachesync.web.task.TaskTrigger;
import io.cachesync.web.task.TaskWhy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Gives tasks whose machine does not answer to another one. The agent that may live on there does
 * no harm: the next start takes a newer epoch at the target, which fences it. What is lost is the
 * machine's relay log, so the next agent asks the source again from the checkpoint.
 */
@Component
class TakeOver {
  /** None of the other machines has qualified. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

  /** What came of a look whether the task should go on elsewhere. */
  enum Outcome {
    MOVED,
    /** It stays, and its machine is asked. */
    STAYS,
    /** No machine is left for it: nothing is started. */
    NOWHERE
  }

  private final HostLossMapper losses;
  private final MachineService machines;
  private final Reach reach;
  private final TaskTransitions transitions;
  private final TaskLog log;
  private final Duration patience;
  private final Clock clock;

  /**
   * @param patience how long neither report nor machine may answer; zero: no task is ever moved
   *     unless a person said that its machine is gone
   */
  TakeOver(
      HostLossMapper losses,
      MachineService machines,
      Reach reach,
      TaskTransitions transitions,
      TaskLog log,
      @Value("${cachesync.take-over-after}") Duration patience,
      Clock clock) {
    this.losses = losses;
    this.machines = machines;
    this.reach = reach;
    this.transitions = transitions;
    this.log = log;
    this.patience = patience;
    this.clock = clock;
  }

  /** Notes that the machine did not answer. */
  void lost(Task task, TaskSpec spec, Job job) {
    if (loss(task, spec, job).isEmpty()) {
      losses.put(new HostLoss(task.id(), spec.machineId(), clock.instant(), false));
    }
  }

  /** Notes that the machine answered. */
  void answered(Task task) {
    if (losses.find(task.id()).isPresent()) {
      losses.delete(task.id());
    }
  }

  /** Forgets what a former run saw of its machine. */
  void begin(Task task) {
    if (losses.find(task.id()).filter(loss -> !loss.gone()).isPresent()) {
      losses.delete(task.id());
    }
  }

  /** Notes that a person said that the machine of a task is gone. */
  void gone(long taskId, long machineId) {
    losses.put(new HostLoss(taskId, machineId, clock.instant(), true));
  }

  /**
   * Gives the task to another machine where it is time to: the one with the most room that reaches
   * what the task needs. Where none is to be had the task's page says so, and it stays as it is.
   * May take seconds: it goes over SSH.
   *
   * @return what came of it
   */
  Outcome move(Task task, TaskSpec spec, Job job) {
    if (!task.run().allows(TaskTrigger.MOVED)) {
      return Outcome.STAYS;
    }
    Optional<Machine> former = machines.find(spec.machineId());
    String why = former.isEmpty() ? TaskWhy.removed(spec.machineName()) : why(task, spec, job);
    if (why == null) {
      return Outcome.STAYS;
    }
    Outcome left = former.isEmpty() || gone(task) ? Outcome.NOWHERE : Outcome.STAYS;
    if (former.isPresent() && spec.how().stayOnMachine()) {
      explain(task, TaskWhy.all(why, TaskWhy.stays()));
      return left;
    }
    List<Machine> others = machines.byRoomBut(spec.machineId());
    if (others.isEmpty()) {
      explain(task, TaskWhy.all(why, TaskWhy.nowhere()));
      return left;
    }
    if (task.retryAt() != null && task.retryAt().isAfter(clock.instant())) {
      return left;
    }
    Optional<Machine> next = others.stream().filter(each -> reaches(task, spec, each)).findFirst();
    if (next.isEmpty()) {
      explain(task, TaskWhy.all(why, TaskWhy.noneReaches()));
      transitions.postpone(task.id(), LOOK_AGAIN);
      return left;
    }
    move(task, next.get(), why);
    return Outcome.MOVED;
  }

  private void move(Task task, Machine next, String why) {
    transitions.move(
        task.id(), next.id(), next.name(), TaskWhy.all(why, TaskWhy.movedTo(next.name())));
    losses.delete(task.id());
    log.warn(
        task.id(),
        "taken over by "
            + next.name()
            + " from the checkpoint at the target. What had been received and not applied is asked"
            + " of the source again");
  }

  private boolean reaches(Task task, TaskSpec spec, Machine machine) {
    Optional<Reach.Objection> objection = reach.objection(task, spec, machine);
    objection.ifPresent(each -> transitions.passedOver(task.id(), each.why()));
    return objection.isEmpty();
  }

  /** A machine that was said to be gone and came back can be enabled again. */
  private boolean isAway(long machineId) {
    return machines.find(machineId).filter(Machine::usable).isEmpty();
  }

  private void explain(Task task, String sentence) {
    transitions.explain(task.id(), Fault.retryable(FaultCode.MACHINE_UNREACHABLE, sentence));
  }

  /** Whether a person said that the machine is gone: nothing is started there. */
  private boolean gone(Task task) {
    return losses.find(task.id()).filter(HostLoss::gone).isPresent();
  }

  /** Why it is time, or null where it is not. */
  private String why(Task task, TaskSpec spec, Job job) {
    HostLoss loss = loss(task, spec, job).orElse(null);
    if (loss == null) {
      return null;
    }
    if (loss.gone()) {
      return TaskWhy.gone(spec.machineName());
    }
    if (task.state() == TaskState.QUEUED) {
      return null;
    }
    Duration silent = Duration.between(loss.since(), clock.instant());
    return patience.isZero() || silent.compareTo(patience) < 0
        ? null
        : TaskWhy.away(spec.machineName(), patience.toSeconds());
  }

  /** The loss that still holds: of this machine, and nothing was heard of the agent since. */
  private Optional<HostLoss> loss(Task task, TaskSpec spec, Job job) {
    Instant heard = job == null || !job.open() ? null : job.lastReportAt();
    return losses
        .find(task.id())
        .filter(loss -> spec.machineId() != null && loss.machineId() == spec.machineId())
        .filter(loss -> !loss.gone() || isAway(loss.machineId()))
        .filter(loss -> heard == null || !heard.isAfter(loss.since()));
  }
}
