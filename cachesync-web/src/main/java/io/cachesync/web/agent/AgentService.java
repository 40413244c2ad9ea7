package io.cachesync.web.agent;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairSpec;
import io.cachesync.contract.RepairedKey;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Starts, asks, ends and clears away the agents of jobs on their machines. Calls that go over SSH
 * may take seconds: make them from a bounded pool, outside of a transaction. They throw {@link
 * io.cachesync.web.ssh.SshFault} when the machine fails them and {@link AgentFault} when it
 * answered that it cannot be done.
 */
public interface AgentService {

  /**
   * Starts a job as a new incarnation. The token of the former incarnation is void from here on;
   * its process, if one is still seen to run, is ended first. Where it ran on another machine that
   * does not answer it may live on: the new one fences it at the target. The report token of {@code
   * secrets} is ignored: this makes its own.
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

  /**
   * Starts the job of a check as a new incarnation, as {@link #launch} does that of a sync; it
   * begins from its beginning. It writes to neither side, so one that lives on does no harm.
   */
  Job launchCheck(
      String jobId, JobOwner owner, long machineId, CheckSpec check, JobSecrets secrets);

  /**
   * Starts the job of a repair as a new incarnation; it begins from its beginning. What it has
   * repaired before it repairs once more.
   *
   * @param keys which keys
   */
  Job launchRepair(
      String jobId,
      JobOwner owner,
      long machineId,
      RepairSpec repair,
      List<NamedKey> keys,
      JobSecrets secrets);

  /**
   * Has a running task leave the repair that this job has asked it for, where it has.
   *
   * @param taskDirectory the job directory of that task, on the machine of this job
   */
  void stopRepair(String jobId, String taskDirectory);

  /** What became of each key of a repair; nothing where there is no such file. */
  void readRepaired(String jobId, Consumer<RepairedKey> keys);

  /**
   * Whether a machine has an undo file.
   *
   * @param path absolute
   */
  boolean hasUndo(long machineId, String path);

  /**
   * The lines of an undo file as it lies on a machine; nothing where there is none.
   *
   * @param path absolute
   */
  void readUndo(long machineId, String path, Consumer<String> lines);

  /** The last report of a job whose process has ended by itself, as it left it on its machine. */
  Optional<JobReport> lastReport(String jobId);

  /**
   * What a check found, line for line; nothing where there is no such file.
   *
   * @param most lines that are read
   */
  void readDifferences(String jobId, int most, Consumer<CheckDifference> differences);

  /** Asks the job's machine whether its process lives. Never throws for a machine that is away. */
  JobProbe probe(String jobId);

  /** Ends the process of the job's newest incarnation (SIGKILL) and sees to it that it ended. */
  void kill(String jobId);

  /** The last lines of the agent's log file on its machine. */
  List<String> tailLog(String jobId, int lines);

  /** Notes that the job's process was seen to have ended; its token is void from here on. */
  void markEnded(Job job);

  /**
   * Gives up a job whose machine a person said to be gone, without having seen its process end: its
   * token is void from here on, and what it left is cleared away should the machine come back.
   */
  void abandon(Job job);

  /**
   * Ends and clears away at once what an abandoned job left on its machine; where that fails, it is
   * done later.
   *
   * @throws SshFault when the machine fails this
   * @throws AgentFault when its process cannot be ended
   */
  void clearAbandoned(Job job);

  /** What jobs left on machines that answer again. */
  List<JobLeftover> dueLeftovers();

  /**
   * Ends and clears away one of them, or tries again later. Call it under the lease of the task.
   */
  void clearLeftover(long id);

  /** Removes the job directory of a job that has ended. The row stays, for the history. */
  void removeDirectory(String jobId);

  Optional<Job> find(String jobId);

  /** Jobs that were started on a machine and not seen to have ended. */
  List<Job> openOn(long machineId);

  List<Job> jobsOfTask(String taskId);
}
