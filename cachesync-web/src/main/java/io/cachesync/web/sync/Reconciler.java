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
import io.cachesync.web.task.TaskProgress;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskSpec;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTransitions;
import io.cachesync.web.task.TaskTrigger;
import io.cachesync.web.task.TaskWhy;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Brings what is seen of a task's agent to what is wanted of it, one step at a time. Everything it
 * knows is in the database, so a step that was cut short is simply done again.
 */
@Component
class Reconciler {
  private static final Duration LIVED_LONG = Duration.ofMinutes(10);
  private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(1);

  /** A machine that does not answer or is busy is tried again after this. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private static final String MACHINE_BUSY = "machine.refused.busy";

  private static final int EXIT_DONE = 0;
  private static final int EXIT_STOPPED = 130;

  private final TaskService tasks;
  private final TaskTransitions transitions;
  private final TaskEnds ends;
  private final AgentService agents;
  private final AgentInstaller installer;
  private final TakeOver takeOver;
  private final SpreadTasks spread;
  private final FrozenAgents frozen;
  private final TaskLog log;
  private final Clock clock;

  Reconciler(
      TaskService tasks,
      TaskTransitions transitions,
      TaskEnds ends,
      AgentService agents,
      AgentInstaller installer,
      TakeOver takeOver,
      SpreadTasks spread,
      FrozenAgents frozen,
      TaskLog log,
      Clock clock) {
    this.tasks = tasks;
    this.transitions = transitions;
    this.ends = ends;
    this.agents = agents;
    this.installer = installer;
    this.takeOver = takeOver;
    this.spread = spread;
    this.frozen = frozen;
    this.log = log;
    this.clock = clock;
  }

  /** Does the next thing that the task needs, if any. May take seconds: it goes over SSH. */
  void step(long taskId) {
    Task task = tasks.find(taskId).orElse(null);
    if (task == null) {
      return;
    }
    Job job = agents.find(task.jobId()).orElse(null);
    if (!hasToEnd(task, job) && spread.step(task)) {
      return;
    }
    TaskSpec spec = tasks.spec(taskId);
    TakeOver.Outcome outcome = takeOver.move(task, spec, job);
    if (outcome == TakeOver.Outcome.MOVED) {
      task = tasks.wholeOrPart(taskId);
      spec = tasks.spec(taskId);
    }
    Step next = Step.next(task, spec, job, clock.instant());
    if (outcome == TakeOver.Outcome.NOWHERE && next.needsMachine()) {
      return;
    }
    switch (next) {
      case NONE -> {}
      case BEGIN -> transitions.observe(taskId, TaskTrigger.DUE, "");
      case PLACE -> place(task, spec);
      case LAUNCH -> launch(task, spec);
      case PROBE -> probe(task, spec, job);
      case KILL -> {
        if (killed(task, job)) {
          log.warn(taskId, "the agent did not end by itself and was ended");
          probe(task, spec, job);
        }
      }
      case NOTE_NO_AGENT -> transitions.observe(taskId, TaskTrigger.AGENT_DEAD, TaskWhy.noAgent());
      case GIVE_UP -> giveUp(task, spec);
      case NOTE_OVERDUE -> transitions.observe(taskId, TaskTrigger.OVERDUE, TaskWhy.overdue());
    }
  }

  /** The own agent of a task with parts is seen to end before these are anybody's turn again. */
  private static boolean hasToEnd(Task task, Job job) {
    return job != null
        && job.open()
        && (!task.state().active() || task.state() == TaskState.STOPPING);
  }

  private void place(Task task, TaskSpec spec) {
    takeOver.begin(task);
    transitions.observe(task.id(), TaskTrigger.PLACED, TaskWhy.placed(spec.machineName()));
    step(task.id());
  }

  private void launch(Task task, TaskSpec spec) {
    Optional<String> moved = ends.movedEnd(spec);
    if (moved.isPresent()) {
      String text = TaskWhy.text("task.refused.endpointMovedSince", moved.get());
      notLaunched(
          task,
          false,
          "the endpoint " + moved.get() + " leads elsewhere since it was prechecked",
          TaskWhy.notStarted(text));
      return;
    }
    try {
      Job job = launchInstalled(task, spec);
      takeOver.answered(task);
      log.info(
          task.id(),
          "agent started on " + spec.machineName() + ", incarnation " + job.incarnation());
    } catch (SshFault fault) {
      if (fault.machineAway() || fault.code() == SshFault.Code.NO_CHANNEL) {
        // One that is too busy to be asked may be less so in a moment.
        machineAway(task, spec, fault);
      } else {
        notLaunched(task, true, fault.getMessage());
      }
    } catch (AgentFault fault) {
      // Where another console has just started one, there is nothing left to do.
      if (fault.code() != AgentFault.Code.JOB_RUNS) {
        notLaunched(task, mayPass(fault), fault.getMessage());
      }
    } catch (Refusal refusal) {
      if (refusal.key().equals(MACHINE_BUSY)) {
        waitForMachine(task, spec);
      } else {
        notLaunched(task, false, refusal.getMessage());
      }
    }
  }

  private static boolean mayPass(AgentFault fault) {
    return fault.code() == AgentFault.Code.DIED_AT_START
        || fault.code() == AgentFault.Code.NOT_KILLED;
  }

  /** Somebody installs or tests there right now; the time limit of the state bounds the wait. */
  private void waitForMachine(Task task, TaskSpec spec) {
    if (task.retryAt() == null) {
      log.info(task.id(), "waits until " + spec.machineName() + " has been tested or installed");
    }
    transitions.postpone(task.id(), PAUSE);
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
    SyncSpec sync = ends.syncSpec(task, ends.withLogins(spec));
    return agents.launch(
        task.jobId(),
        String.valueOf(task.id()),
        spec.machineId(),
        sync,
        ends.startSpec(task),
        ends.secrets(spec));
  }

  private void machineAway(Task task, TaskSpec spec, SshFault fault) {
    if (task.state() != TaskState.RECOVERING) {
      log.warn(task.id(), "the agent could not be started: " + fault.getMessage());
    }
    takeOver.lost(task, spec, null);
    lost(task, fault.getMessage());
    transitions.postpone(task.id(), PAUSE);
  }

  /** Says what the task waits for, in whatever state that leaves it; no restart is used up. */
  private void lost(Task task, String message) {
    Fault fault = Fault.retryable(FaultCode.MACHINE_UNREACHABLE, message);
    if (task.run().allows(TaskTrigger.HOST_LOST)) {
      transitions.observe(task.id(), TaskTrigger.HOST_LOST, fault);
    } else if (tasks.wholeOrPart(task.id()).faultCode() != FaultCode.MACHINE_UNREACHABLE) {
      transitions.explain(task.id(), fault);
    }
  }

  /**
   * @param mayPass whether the next try may fare better
   */
  private void notLaunched(Task task, boolean mayPass, String message) {
    notLaunched(task, mayPass, message, message);
  }

  /**
   * @param message for the log, which is in English
   * @param why for the page, in the same words or a {@link TaskWhy}
   */
  private void notLaunched(Task task, boolean mayPass, String message, String why) {
    log.warn(task.id(), "the agent could not be started: " + message);
    Fault fault = Fault.retryable(FaultCode.AGENT_NOT_STARTED, why);
    if (task.state() == TaskState.FINISHING) {
      // Never given up from here at once: recovering counts the tries.
      transitions.observe(task.id(), TaskTrigger.AGENT_DEAD, fault);
      countFailure(task);
    } else if (task.state() == TaskState.STOPPING
        || task.state() == TaskState.RECOVERING && mayPass) {
      transitions.explain(task.id(), fault);
      countFailure(task);
    } else {
      transitions.observe(
          task.id(), TaskTrigger.GIVE_UP, Fault.fatal(FaultCode.AGENT_NOT_STARTED, why));
    }
  }

  /** Only what was seen to fail uses up restarts: not a machine that is away. */
  private void countFailure(Task task) {
    int restarts = tasks.wholeOrPart(task.id()).restarts();
    transitions.countRestart(task.id(), restarts == 0 ? Duration.ZERO : backOff(restarts - 1));
  }

  private void probe(Task task, TaskSpec spec, Job job) {
    JobProbe probe = agents.probe(job.jobId());
    boolean stands = frozen.tells(job, probe);
    switch (probe.state()) {
      case RUNNING -> {
        takeOver.answered(task);
        if (stands && killed(task, job)) {
          endedFrozen(task, job);
        }
      }
      case DEAD -> {
        takeOver.answered(task);
        log.warn(task.id(), "the agent has ended: " + probe.reason());
        ended(task, job, probe);
      }
      case UNREACHABLE -> {
        takeOver.lost(task, spec, job);
        lost(task, probe.reason());
      }
      case NOT_ASKED -> lost(task, probe.reason());
    }
  }

  /** Its exit code says nothing of it: it was ended from outside. */
  private void endedFrozen(Task task, Job job) {
    long seconds = frozen.patience().toSeconds();
    log.warn(
        task.id(),
        "the agent's process stood still for " + seconds + " s, reported nothing, and was ended");
    if (agents.probe(job.jobId()).state() == JobProbe.State.DEAD) {
      ended(task, job, new JobProbe(JobProbe.State.DEAD, -1, TaskWhy.stoodStill(seconds)));
    }
  }

  private void ended(Task task, Job job, JobProbe probe) {
    if (!task.state().active()) {
      agents.markEnded(job);
      clear(task, job);
      return;
    }
    if (job.startedAt().plus(LIVED_LONG).isBefore(clock.instant())) {
      transitions.forgetRestarts(task.id());
    }
    if (probe.exitCode() == EXIT_DONE) {
      // Its last report did not get through; the exit code says the same.
      long deadLetters = tasks.progress(task.id()).map(TaskProgress::deadLetters).orElse(0L);
      transitions.observe(task.id(), TaskTrigger.REPORT_DONE, TaskWhy.deadLetters(deadLetters));
    } else if (probe.exitCode() == EXIT_STOPPED && task.state() == TaskState.STOPPING) {
      transitions.observe(task.id(), TaskTrigger.REPORT_STOPPED, "");
    } else if (Step.fences(task, job)) {
      transitions.explain(task.id(), Fault.retryable(FaultCode.AGENT_DIED, probe.reason()));
      countFailure(task);
    } else {
      Fault died = Fault.retryable(FaultCode.AGENT_DIED, probe.reason());
      Task after = transitions.observe(task.id(), TaskTrigger.AGENT_DEAD, died);
      if (after.state() == TaskState.RECOVERING) {
        // Where it recovered already, its last agent may have told of something else.
        transitions.explain(task.id(), died);
        countFailure(task);
      }
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

  /** Whether the agent's process could be ended; if not, the task's page or log says why. */
  private boolean killed(Task task, Job job) {
    try {
      agents.kill(job.jobId());
      return true;
    } catch (SshFault fault) {
      if (fault.machineAway()) {
        lost(task, fault.getMessage());
      } else {
        log.warn(task.id(), "the agent could not be ended: " + fault.getMessage());
      }
    } catch (AgentFault fault) {
      log.warn(task.id(), "the agent could not be ended: " + fault.getMessage());
    }
    return false;
  }

  private void giveUp(Task task, TaskSpec spec) {
    Fault last = task.fault();
    transitions.observe(
        task.id(),
        TaskTrigger.GIVE_UP,
        Fault.fatal(
            last == null ? FaultCode.AGENT_DIED : last.code(),
            "started again "
                + spec.how().restartLimit()
                + " times; "
                + (last == null ? "" : last.message())));
  }

  /** Doubling up to a minute. */
  static Duration backOff(int restarts) {
    Duration doubled = Duration.ofSeconds(1L << Math.min(restarts, 6));
    return doubled.compareTo(LONGEST_BACK_OFF) > 0 ? LONGEST_BACK_OFF : doubled;
  }
}
