package io.cachesync.web.sync;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.SyncSpec;
import io.cachesync.web.agent.AgentFault;
import io.cachesync.web.agent.AgentInstaller;
import io.cachesync.web.agent.AgentService;
import io.cachesync.web.agent.Job;
import io.cachesync.web.agent.JobProbe;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskEnds;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskSpec;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTransitions;
import io.cachesync.web.task.TaskTrigger;
import java.time.Clock;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Brings what is seen of a task's agent to what is wanted of it, one step at a time. Everything it
 * knows is in the database, so a step that was cut short is simply done again.
 */
@Component
class Reconciler {
  private static final Duration LIVED_LONG = Duration.ofMinutes(10);
  private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(1);
  private static final int EXIT_DONE = 0;

  private final TaskService tasks;
  private final TaskTransitions transitions;
  private final TaskEnds ends;
  private final AgentService agents;
  private final AgentInstaller installer;
  private final TaskLog log;
  private final Clock clock;

  Reconciler(
      TaskService tasks,
      TaskTransitions transitions,
      TaskEnds ends,
      AgentService agents,
      AgentInstaller installer,
      TaskLog log,
      Clock clock) {
    this.tasks = tasks;
    this.transitions = transitions;
    this.ends = ends;
    this.agents = agents;
    this.installer = installer;
    this.log = log;
    this.clock = clock;
  }

  /** Does the next thing that the task needs, if any. May take seconds: it goes over SSH. */
  void step(long taskId) {
    Task task = tasks.find(taskId).orElse(null);
    if (task == null) {
      return;
    }
    TaskSpec spec = tasks.spec(taskId);
    Job job = agents.find(task.jobId()).orElse(null);
    switch (Step.next(task, spec.startAt(), spec.restartLimit(), job, clock.instant())) {
      case NONE -> {}
      case BEGIN -> transitions.observe(taskId, TaskTrigger.DUE, "");
      case PLACE -> place(task, spec);
      case LAUNCH -> launch(task, spec);
      case PROBE -> probe(task, job);
      case KILL -> kill(task, job);
      case NOTE_NO_AGENT -> transitions.observe(taskId, TaskTrigger.AGENT_DEAD, "no agent runs");
      case GIVE_UP -> giveUp(task, spec);
      case NOTE_OVERDUE ->
          transitions.observe(taskId, TaskTrigger.OVERDUE, "longer than this state may take");
    }
  }

  private void place(Task task, TaskSpec spec) {
    transitions.observe(task.id(), TaskTrigger.PLACED, "on " + spec.machineName());
    step(task.id());
  }

  private void launch(Task task, TaskSpec spec) {
    if (task.state() == TaskState.RECOVERING) {
      transitions.countRestart(task.id(), backOff(task.restarts()));
    }
    try {
      Job job = launchInstalled(task, spec);
      log.info(
          task.id(),
          "agent started on " + spec.machineName() + ", incarnation " + job.incarnation());
    } catch (SshFault fault) {
      notLaunched(task, fault.machineAway(), fault.getMessage());
    } catch (AgentFault fault) {
      // Where another console has just started one, there is nothing left to do.
      if (fault.code() != AgentFault.Code.JOB_RUNS) {
        notLaunched(task, false, fault.getMessage());
      }
    } catch (Refusal refusal) {
      // The machine is busy with an installation, or waits for a person.
      notLaunched(task, false, refusal.getMessage());
    }
  }

  /** After an upgrade of the console its machines still have the former agent. */
  private Job launchInstalled(Task task, TaskSpec spec) {
    try {
      return launchOnce(task, spec);
    } catch (AgentFault fault) {
      if (fault.code() != AgentFault.Code.NOT_INSTALLED) {
        throw fault;
      }
      log.info(task.id(), "installing this console's agent on " + spec.machineName());
      installer.install(spec.machineId());
      return launchOnce(task, spec);
    }
  }

  private Job launchOnce(Task task, TaskSpec spec) {
    SyncSpec sync = ends.syncSpec(task, spec);
    return agents.launch(
        task.jobId(),
        String.valueOf(task.id()),
        spec.machineId(),
        sync,
        ends.startSpec(task),
        ends.secrets(spec));
  }

  private void notLaunched(Task task, boolean machineAway, String message) {
    log.warn(task.id(), "the agent could not be started: " + message);
    if (machineAway) {
      transitions.observe(
          task.id(),
          TaskTrigger.HOST_LOST,
          Fault.retryable(FaultCode.MACHINE_UNREACHABLE, message));
    } else if (task.state() == TaskState.FINISHING) {
      // Never given up from here at once: recovering counts the tries.
      transitions.observe(
          task.id(), TaskTrigger.AGENT_DEAD, Fault.retryable(FaultCode.AGENT_NOT_STARTED, message));
    } else {
      transitions.observe(
          task.id(), TaskTrigger.GIVE_UP, Fault.fatal(FaultCode.AGENT_NOT_STARTED, message));
    }
  }

  private void probe(Task task, Job job) {
    JobProbe probe = agents.probe(job.jobId());
    switch (probe.state()) {
      case RUNNING -> {}
      case DEAD -> ended(task, job, probe);
      case UNREACHABLE ->
          transitions.observe(
              task.id(),
              TaskTrigger.HOST_LOST,
              Fault.retryable(FaultCode.MACHINE_UNREACHABLE, probe.reason()));
    }
  }

  private void ended(Task task, Job job, JobProbe probe) {
    if (!task.state().active()) {
      agents.markEnded(job);
      clear(task, job);
      return;
    }
    log.warn(task.id(), "the agent has ended: " + probe.reason());
    if (job.startedAt().plus(LIVED_LONG).isBefore(clock.instant())) {
      transitions.forgetRestarts(task.id());
    }
    if (probe.exitCode() == EXIT_DONE) {
      // Its last report did not get through; the exit code says the same.
      transitions.observe(task.id(), TaskTrigger.REPORT_DONE, probe.reason());
    } else {
      transitions.observe(
          task.id(), TaskTrigger.AGENT_DEAD, Fault.retryable(FaultCode.AGENT_DIED, probe.reason()));
    }
    // Last, so that after a crash in between the exit code is asked for once more.
    agents.markEnded(job);
  }

  /** A done task needs its relay log no more; a stopped one goes on from it. */
  private void clear(Task task, Job job) {
    if (task.state() != TaskState.DONE) {
      return;
    }
    try {
      agents.removeDirectory(job.jobId());
    } catch (SshFault | AgentFault fault) {
      log.warn(task.id(), "the job directory could not be removed: " + fault.getMessage());
    }
  }

  private void kill(Task task, Job job) {
    try {
      agents.kill(job.jobId());
    } catch (SshFault | AgentFault fault) {
      log.warn(task.id(), "the agent could not be ended: " + fault.getMessage());
      return;
    }
    log.warn(task.id(), "the agent did not end by itself and was ended");
    probe(task, job);
  }

  private void giveUp(Task task, TaskSpec spec) {
    Fault last = task.fault();
    transitions.observe(
        task.id(),
        TaskTrigger.GIVE_UP,
        Fault.fatal(
            last == null ? FaultCode.AGENT_DIED : last.code(),
            "started again "
                + spec.restartLimit()
                + " times; "
                + (last == null ? "" : last.message())));
  }

  /** Nothing before the first restart, then doubling up to a minute. */
  static Duration backOff(int restarts) {
    Duration doubled = Duration.ofSeconds(1L << Math.min(restarts, 6));
    return doubled.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : doubled;
  }
}
