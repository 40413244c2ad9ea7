package io.cachesync.web.agent;

import io.cachesync.contract.LogLevel;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineConnections;
import io.cachesync.web.machine.MachineLog;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.machine.Sentence;
import io.cachesync.web.ssh.SshConnection;
import io.cachesync.web.ssh.SshFault;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Ends and clears what jobs left on machines that were lost, once these answer again. Such an agent
 * writes nothing any more: its successor's epoch fences it at the target.
 */
@Component
class JobLeftovers {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

  private final JobLeftoverMapper leftovers;
  private final JobMapper jobs;
  private final MachineService machines;
  private final MachineConnections connections;
  private final MachineLog log;
  private final Clock clock;

  JobLeftovers(
      JobLeftoverMapper leftovers,
      JobMapper jobs,
      MachineService machines,
      MachineConnections connections,
      MachineLog log,
      Clock clock) {
    this.leftovers = leftovers;
    this.jobs = jobs;
    this.machines = machines;
    this.connections = connections;
    this.log = log;
    this.clock = clock;
  }

  /** Notes that a job leaves its machine with whatever is there. */
  void note(Job leaving) {
    leftovers.insert(JobLeftover.of(leaving, clock.instant()));
  }

  /** Those on machines that answer. */
  List<JobLeftover> due() {
    return leftovers.due(clock.instant()).stream()
        .filter(left -> machines.find(left.machineId()).map(Machine::fault).isEmpty())
        .toList();
  }

  /** Clears one away, or looks again later. */
  void clear(long id) {
    JobLeftover left = leftovers.find(id).orElse(null);
    if (left == null) {
      return;
    }
    Optional<Machine> machine = machines.find(left.machineId());
    boolean back =
        jobs.find(left.jobId())
            .filter(job -> job.machineId() == left.machineId())
            .filter(job -> job.incarnation() > left.incarnation())
            .isPresent();
    if (machine.isEmpty() || back) {
      // Nobody knows that machine any more, or the launch that came back to it has cleared it.
      leftovers.delete(id);
      return;
    }
    try {
      clearAndTell(left, machine.get());
    } catch (SshFault | AgentFault fault) {
      leftovers.postpone(id, clock.instant().plus(LOOK_AGAIN));
    }
  }

  /**
   * Makes room for a job that comes back: its former agent there ends, its old relay log goes.
   *
   * @throws SshFault when the machine fails this
   * @throws AgentFault when the former agent cannot be ended
   */
  void clearBefore(String jobId, Machine machine) {
    leftovers.of(jobId, machine.id()).forEach(left -> clearAndTell(left, machine));
  }

  /**
   * Clears away what one job left, without a wait. That is how each check ends, so the machine's
   * log tells nothing of it.
   *
   * @throws SshFault when the machine fails this
   * @throws AgentFault when its process cannot be ended
   */
  void clear(Job job) {
    machines
        .find(job.machineId())
        .ifPresent(
            machine ->
                leftovers.of(job.jobId(), machine.id()).forEach(left -> clear(left, machine)));
  }

  private void clearAndTell(JobLeftover left, Machine machine) {
    clear(left, machine);
    log.add(
        machine.id(),
        LogLevel.INFO,
        Sentence.of("agent.log.leftover", left.jobId(), left.incarnation()));
  }

  private void clear(JobLeftover left, Machine machine) {
    SshConnection connection = connections.connect(machine);
    if (connection
            .exec(AgentScripts.KILL, AgentScripts.process(left), AgentScripts.LIMIT)
            .exitStatus()
        != 0) {
      throw new AgentFault(AgentFault.Code.NOT_KILLED, left.jobId());
    }
    connection.run(
        AgentScripts.CLEAR,
        List.of(AgentScripts.baseOf(left.directory()), left.jobId()),
        AgentScripts.LIMIT);
    leftovers.delete(left.id());
  }
}
