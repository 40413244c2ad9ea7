package io.cachesync.web.sync;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.web.agent.AgentService;
import io.cachesync.web.agent.Job;
import io.cachesync.web.machine.MachineGone;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTransitions;
import io.cachesync.web.task.TaskTrigger;
import io.cachesync.web.task.TaskWhy;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Releases the tasks of a machine that a person said to be gone. */
@Component
class ReleasedTasks {
  private final TaskService tasks;
  private final TaskTransitions transitions;
  private final AgentService agents;
  private final TakeOver takeOver;

  ReleasedTasks(
      TaskService tasks, TaskTransitions transitions, AgentService agents, TakeOver takeOver) {
    this.tasks = tasks;
    this.transitions = transitions;
    this.agents = agents;
    this.takeOver = takeOver;
  }

  /**
   * In the transaction of whoever said so: all of them are released, or the machine is not gone.
   */
  @EventListener
  void release(MachineGone gone) {
    List<Job> open = agents.openOn(gone.machineId());
    open.forEach(agents::abandon);
    Set<String> lost = open.stream().map(Job::jobId).collect(Collectors.toSet());
    EnumSet<TaskState> begun = EnumSet.allOf(TaskState.class);
    begun.removeAll(EnumSet.of(TaskState.DRAFT, TaskState.PRECHECKING, TaskState.DONE));
    // By their ids, as several rows are locked: so inStates has them.
    for (Task task : tasks.inStates(begun)) {
      if (Objects.equals(tasks.spec(task.id()).machineId(), gone.machineId())) {
        takeOver.gone(task.id(), gone.machineId());
        if (lost.contains(task.jobId()) || tasks.parts(task.id()).isEmpty()) {
          release(task, gone);
        }
      }
    }
  }

  /** Not of one whose parts have its shards: where it stands follows from where they do. */
  private void release(Task task, MachineGone gone) {
    if (task.state() == TaskState.STOPPING) {
      transitions.observeFor(
          gone.who(),
          task.id(),
          TaskTrigger.AGENT_DEAD,
          TaskWhy.all(TaskWhy.gone(gone.machineName()), TaskWhy.notStopped()));
    } else if (task.state() == TaskState.RECOVERING) {
      transitions.noteFor(
          gone.who(),
          task.id(),
          TaskTrigger.HOST_LOST,
          TaskWhy.all(TaskWhy.goneSaid(gone.machineName(), gone.who()), TaskWhy.notStopped()));
    } else {
      transitions.observe(
          task.id(),
          TaskTrigger.HOST_LOST,
          Fault.retryable(
              FaultCode.MACHINE_UNREACHABLE, TaskWhy.goneSaid(gone.machineName(), gone.who())));
    }
  }
}
