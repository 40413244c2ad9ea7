package io.cachesync.web.agent;

import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import java.util.List;
import java.util.Optional;

/**
 * Starts, asks, ends and clears away the agents of jobs on their machines. Calls that go over SSH
 * may take seconds: make them from a bounded pool, outside of a transaction. They throw {@link
 * io.cachesync.web.ssh.SshFault} when the machine fails them and {@link AgentFault} when it
 * answered that it cannot be done.
 */
public interface AgentService {

  /**
   * Starts a job as a new incarnation. The token of the former incarnation is void from here on;
   * its process, if one is still seen to run, is ended first. The report token of {@code secrets}
   * is ignored: this makes its own.
   *
   * @param jobId letters, digits, {@code -} and {@code _}, at most 64
   * @param taskId key of the task that owns the job
   * @param start how this start differs from the job's others
   */
  Job launch(
      String jobId,
      String taskId,
      long machineId,
      SyncSpec sync,
      StartSpec start,
      JobSecrets secrets);

  /** Asks the job's machine whether its process lives. Never throws for a machine that is away. */
  JobProbe probe(String jobId);

  /** Ends the process of the job's newest incarnation (SIGKILL) and sees to it that it ended. */
  void kill(String jobId);

  /** The last lines of the agent's log file on its machine. */
  List<String> tailLog(String jobId, int lines);

  /** Notes that the job's process was seen to have ended; its token is void from here on. */
  void markEnded(Job job);

  /** Removes the job directory of a job that has ended. The row stays, for the history. */
  void removeDirectory(String jobId);

  Optional<Job> find(String jobId);

  List<Job> jobsOfTask(String taskId);
}
