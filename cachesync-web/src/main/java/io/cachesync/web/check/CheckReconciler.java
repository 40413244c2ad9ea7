package io.cachesync.web.check;

import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.NamedKey;
import io.cachesync.web.agent.AgentFault;
import io.cachesync.web.agent.AgentInstaller;
import io.cachesync.web.agent.AgentService;
import io.cachesync.web.agent.Job;
import io.cachesync.web.agent.JobOwner;
import io.cachesync.web.agent.JobProbe;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Component;

/**
 * Brings each check on, one step at a time: starts its agent, watches it, and fetches what it
 * found. All that it knows is in the database, so a step that was cut short is done again.
 */
@Component
class CheckReconciler {
  private static final Logger LOG = LoggerFactory.getLogger(CheckReconciler.class);

  static final int MOST_LISTED = 100_000;
  static final int RESTARTS = 3;

  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofSeconds(3);
  private static final Duration FIRST_REPORT = Duration.ofSeconds(8);

  /** An agent that is to end gets this long to do so by itself. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  /** So long the list of a machine that does not answer is waited for. */
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private static final String MACHINE_BUSY = "machine.refused.busy";

  private final CheckStore checks;
  private final RepairStore repairs;
  private final CheckEnds ends;
  private final AgentService agents;
  private final AgentInstaller installer;
  private final FullCheckProgram program;
  private final ToolDelivery delivery;
  private final MessageSource messages;
  private final Clock clock;

  CheckReconciler(
      CheckStore checks,
      RepairStore repairs,
      CheckEnds ends,
      AgentService agents,
      AgentInstaller installer,
      FullCheckProgram program,
      ToolDelivery delivery,
      MessageSource messages,
      Clock clock) {
    this.checks = checks;
    this.repairs = repairs;
    this.ends = ends;
    this.agents = agents;
    this.installer = installer;
    this.program = program;
    this.delivery = delivery;
    this.messages = messages;
    this.clock = clock;
  }

  /** Does the next thing that the check needs, if any. May take seconds: it goes over SSH. */
  void step(long id) {
    Check check = checks.find(id).orElse(null);
    if (check == null || (check.retryAt() != null && check.retryAt().isAfter(clock.instant()))) {
      return;
    }
    Job job = agents.find(check.jobId()).orElse(null);
    switch (check.state()) {
      case QUEUED -> launch(check);
      case RECOVERING -> {
        if (job != null && job.open()) {
          watch(check, job);
        } else {
          launch(check);
        }
      }
      case RUNNING, STOPPING -> watch(check, job);
      case COLLECTING -> collect(check, job);
      case DONE, STOPPED, FAILED -> {}
    }
  }

  private void launch(Check check) {
    try {
      launchInstalled(check);
      checks.launched(check);
    } catch (SshFault fault) {
      if (fault.machineAway()) {
        wait(check, fault.getMessage());
      } else {
        notLaunched(check, true, fault.getMessage());
      }
    } catch (AgentFault fault) {
      notLaunched(check, fault.code() != AgentFault.Code.NO_JAVA, fault.getMessage());
    } catch (Refusal refusal) {
      if (refusal.key().equals(MACHINE_BUSY)) {
        checks.postpone(check, PAUSE);
      } else {
        notLaunched(check, false, told(refusal));
      }
    }
  }

  /** After an upgrade of the console its machines still have the former agent. */
  private void launchInstalled(Check check) {
    try {
      launchOnce(check);
    } catch (AgentFault fault) {
      if (fault.code() != AgentFault.Code.NOT_INSTALLED) {
        throw fault;
      }
      installer.install(check.machineId());
      launchOnce(check);
    }
  }

  private void launchOnce(Check check) {
    JobOwner owner = JobOwner.check(check.id());
    Optional<Repair> repair = repairs.find(check.id());
    if (repair.isPresent()) {
      List<NamedKey> keys = repairs.keys(repair.get());
      if (keys.isEmpty() && repair.get().chosenKeys() > 0) {
        throw Refusal.conflict("check.repair.lost");
      }
      agents.launchRepair(
          check.jobId(),
          owner,
          check.machineId(),
          repairs.spec(check, repair.get()),
          keys,
          ends.secrets(check));
    } else {
      CheckSpec spec = ends.spec(check);
      if (spec.program() != null) {
        program.toBring().ifPresent(tool -> delivery.bring(tool, check.machineId()));
      }
      agents.launchCheck(check.jobId(), owner, check.machineId(), spec, ends.secrets(check));
    }
  }

  /** Faults say it in English below what their code means to the reader. */
  private String told(Refusal refusal) {
    return messages.getMessage(
        refusal.key(), refusal.arguments(), refusal.getMessage(), Locale.ENGLISH);
  }

  private void notLaunched(Check check, boolean mayPass, String message) {
    if (mayPass && check.restarts() < RESTARTS) {
      checks.again(check, Fault.retryable(FaultCode.AGENT_NOT_STARTED, message), PAUSE);
    } else {
      agents.find(check.jobId()).ifPresent(this::clear);
      checks.end(check, CheckState.FAILED, Fault.fatal(FaultCode.AGENT_NOT_STARTED, message));
    }
  }

  private void wait(Check check, String message) {
    checks.explain(check, Fault.retryable(FaultCode.MACHINE_UNREACHABLE, message));
    checks.postpone(check, PAUSE);
  }

  private void watch(Check check, Job job) {
    if (job == null || !job.open()) {
      boolean wanted = check.state() == CheckState.RUNNING;
      if (job != null && !wanted) {
        clear(job);
      }
      checks.end(
          check,
          wanted ? CheckState.FAILED : CheckState.STOPPED,
          wanted
              ? Fault.fatal(FaultCode.MACHINE_UNREACHABLE, "the machine was said to be gone")
              : null);
      return;
    }
    boolean overdue = check.state() == CheckState.STOPPING && isOlder(check.stateSince(), GRACE);
    if (!isSilent(job) && !overdue) {
      answered(check);
      return;
    }
    JobProbe probe = agents.probe(job.jobId());
    switch (probe.state()) {
      case RUNNING -> {
        answered(check);
        if (overdue && killed(check, job)) {
          clear(job);
          checks.end(check, CheckState.STOPPED, null);
        }
      }
      case DEAD -> ended(check, job, probe);
      case UNREACHABLE, NOT_ASKED -> {
        wait(check, probe.reason());
        if (overdue) {
          agents.abandon(job);
          checks.end(check, CheckState.STOPPED, null);
        }
      }
    }
  }

  private boolean isSilent(Job job) {
    boolean reported = job.lastReportAt() != null && !job.lastReportAt().isBefore(job.startedAt());
    return reported ? isOlder(job.lastReportAt(), SILENCE) : isOlder(job.startedAt(), FIRST_REPORT);
  }

  private boolean isOlder(Instant since, Duration than) {
    return since.plus(than).isBefore(clock.instant());
  }

  private void answered(Check check) {
    if (check.faultCode() == FaultCode.MACHINE_UNREACHABLE) {
      checks.explain(check, null);
    }
  }

  /** Its last report may not have got through: then it lies on its machine. */
  private void ended(Check check, Job job, JobProbe probe) {
    Optional<CheckReport> last = lastReport(job);
    if (last.isPresent()) {
      checks.take(check, last.get());
      return;
    }
    if (check.state() != CheckState.STOPPING && check.restarts() < RESTARTS) {
      LOG.warn(
          "the agent of check {} has ended and is started again: {}", check.id(), probe.reason());
      // At once, as for tasks: only what dies again and again is given time.
      Duration pause = check.restarts() == 0 ? Duration.ZERO : PAUSE;
      // Before its job is over: a console that dies in between finds one that goes on.
      checks.again(check, Fault.retryable(FaultCode.AGENT_DIED, probe.reason()), pause);
      agents.markEnded(job);
      return;
    }
    clear(job);
    if (check.state() == CheckState.STOPPING) {
      checks.end(check, CheckState.STOPPED, null);
    } else {
      checks.end(check, CheckState.FAILED, Fault.fatal(FaultCode.AGENT_DIED, probe.reason()));
    }
  }

  private Optional<CheckReport> lastReport(Job job) {
    try {
      Optional<JobReport> last = agents.lastReport(job.jobId());
      last.map(JobReport::repair).ifPresent(report -> repairs.take(job.owner().id(), report));
      return last.map(JobReport::check);
    } catch (SshFault fault) {
      LOG.warn("the last report of job {} cannot be read: {}", job.jobId(), fault.getMessage());
      return Optional.empty();
    }
  }

  private boolean killed(Check check, Job job) {
    try {
      agents.kill(job.jobId());
      return true;
    } catch (SshFault | AgentFault fault) {
      LOG.warn("the agent of check {} could not be ended: {}", check.id(), fault.getMessage());
      return false;
    }
  }

  private void collect(Check check, Job job) {
    if (job == null || !job.open()) {
      finish(check);
      return;
    }
    try {
      JobProbe probe = agents.probe(job.jobId());
      if (probe.state() == JobProbe.State.RUNNING) {
        if (isOlder(check.stateSince(), GRACE)) {
          killed(check, job);
        }
        return;
      }
      if (probe.state() == JobProbe.State.DEAD) {
        CheckStore.Listing listing = checks.list(check);
        agents.readDifferences(job.jobId(), MOST_LISTED, listing::add);
        listing.close();
        collectRepaired(check, job);
        clear(job);
        finish(check);
        return;
      }
      giveUpOrWait(check, job, probe.reason());
    } catch (SshFault fault) {
      giveUpOrWait(check, job, fault.getMessage());
    }
  }

  private void collectRepaired(Check check, Job job) {
    if (repairs.find(check.id()).isPresent()) {
      RepairStore.Listing left = repairs.list(check.id());
      agents.readRepaired(job.jobId(), left::add);
      left.close();
    }
  }

  private void giveUpOrWait(Check check, Job job, String reason) {
    if (isOlder(check.stateSince(), PATIENCE)) {
      agents.abandon(job);
      finish(check);
    } else {
      wait(check, reason);
    }
  }

  /**
   * Ends a job. What it found holds values of people: it does not stay on the machine, also where
   * the console ends in the midst of this.
   */
  private void clear(Job job) {
    agents.abandon(job);
    try {
      stopInTask(job.owner().id(), job.jobId());
      agents.clearAbandoned(job);
    } catch (SshFault | AgentFault | Refusal fault) {
      LOG.warn("the directory of job {} is removed later: {}", job.jobId(), fault.getMessage());
    }
  }

  /**
   * A running task goes on with what it was asked to repair, also where whoever asked is gone.
   *
   * @throws SshFault where that cannot be told there
   */
  void stopInTask(long checkId, String jobId) {
    repairs
        .find(checkId)
        .map(Repair::withinDirectory)
        .filter(directory -> !directory.isEmpty())
        .ifPresent(directory -> agents.stopRepair(jobId, directory));
  }

  private void finish(Check check) {
    CheckReport report = checks.report(checks.find(check.id()).orElse(check));
    CheckPhase phase = report == null ? CheckPhase.FAILED : report.phase();
    switch (phase) {
      case DONE -> checks.end(check, CheckState.DONE, null);
      case STOPPED -> checks.end(check, CheckState.STOPPED, null);
      default -> checks.end(check, CheckState.FAILED, report == null ? null : report.fault());
    }
  }
}
