package io.cachesync.web.agent;

import java.time.Instant;

/**
 * What a job may have left on a machine when another machine took it over: a process that nobody
 * saw end, and its directory.
 *
 * @param incarnation the last one that ran there
 * @param pid process id there, 0 where it was never known
 * @param dueAt when to look next
 */
public record JobLeftover(
    long id,
    String jobId,
    String taskId,
    long machineId,
    long incarnation,
    long pid,
    long startTicks,
    String bootId,
    String directory,
    Instant dueAt) {

  /** Whom the job belongs to. */
  public JobOwner owner() {
    return JobOwner.read(taskId);
  }

  static JobLeftover of(Job job, Instant dueAt) {
    return new JobLeftover(
        0,
        job.jobId(),
        job.taskId(),
        job.machineId(),
        job.incarnation(),
        job.pid(),
        job.startTicks(),
        job.bootId(),
        job.directory(),
        dueAt);
  }
}
