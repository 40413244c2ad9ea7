package io.cachesync.web.sync;

import io.cachesync.contract.Desired;
import io.cachesync.contract.EndpointFacts;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.SyncSpec;
import io.cachesync.web.agent.AgentFault;
import io.cachesync.web.agent.AgentInstaller;
import io.cachesync.web.endpoint.EndpointProbe;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.ssh.SshFault;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskEnds;
import io.cachesync.web.task.TaskSpec;
import io.cachesync.web.task.TaskWhy;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Whether a machine reaches what a task needs, asked of the agent there before it is trusted. */
@Component
class Reach {
  private static final String MACHINE_BUSY = "machine.refused.busy";

  private final EndpointProbe probe;
  private final AgentInstaller installer;
  private final TaskEnds ends;

  Reach(EndpointProbe probe, AgentInstaller installer, TaskEnds ends) {
    this.probe = probe;
    this.installer = installer;
    this.ends = ends;
  }

  /**
   * Why a machine cannot have a task.
   *
   * @param why a {@link TaskWhy}
   * @param passes whether it may be otherwise soon, without anybody doing anything here
   */
  record Objection(String why, boolean passes) {}

  /** Why the machine cannot take the task over, or nothing where it can. Goes over SSH. */
  Optional<Objection> objection(Task task, TaskSpec spec, Machine machine) {
    SyncSpec sync = ends.syncSpec(task, ends.withLogins(spec));
    JobSecrets secrets = ends.secrets(spec);
    try {
      Optional<Objection> target = objection(machine, "target", sync.target(), secrets.target());
      if (target.isPresent() || !readsTheSource(task)) {
        return target;
      }
      List<RedisEndpoint> sources = sync.allSources();
      for (int i = 0; i < sources.size(); i++) {
        Optional<Objection> source =
            objection(machine, "source", sources.get(i), secrets.source(i));
        if (source.isPresent()) {
          return source;
        }
      }
      return Optional.empty();
    } catch (SshFault | AgentFault | Refusal fault) {
      return Optional.of(
          new Objection(TaskWhy.passedOver(machine.name(), said(fault)), passes(fault)));
    }
  }

  /** What a machine, its agent or this console says, for a {@link TaskWhy}. */
  static String said(RuntimeException fault) {
    if (fault instanceof SshFault ssh) {
      return TaskWhy.text(ssh.messageKey(), ssh.arguments().toArray());
    }
    if (fault instanceof AgentFault agent) {
      return TaskWhy.text(agent.messageKey(), agent.getMessage());
    }
    return fault instanceof Refusal refusal
        ? TaskWhy.text(refusal.key(), refusal.arguments())
        : fault.getMessage();
  }

  /** A machine that does not answer, or that somebody tests or installs right now. */
  static boolean passes(RuntimeException fault) {
    return fault instanceof SshFault ssh && ssh.machineAway()
        || fault instanceof Refusal refusal && refusal.key().equals(MACHINE_BUSY);
  }

  private static boolean readsTheSource(Task task) {
    return task.desired() != Desired.STOP && task.desired() != Desired.REMOVE;
  }

  private Optional<Objection> objection(
      Machine machine, String end, RedisEndpoint endpoint, EndpointSecrets secrets) {
    EndpointFacts facts = ask(machine, endpoint, secrets);
    return Optional.ofNullable(facts.fault())
        .map(
            fault ->
                new Objection(TaskWhy.passedOver(end, machine.name(), fault), fault.retryable()));
  }

  /** After an upgrade of the console its machines still have the former agent. */
  private EndpointFacts ask(Machine machine, RedisEndpoint endpoint, EndpointSecrets secrets) {
    try {
      return probe.ask(machine.id(), endpoint, secrets);
    } catch (AgentFault fault) {
      if (fault.code() != AgentFault.Code.NOT_INSTALLED) {
        throw fault;
      }
      installer.install(machine.id());
      return probe.ask(machine.id(), endpoint, secrets);
    }
  }
}
