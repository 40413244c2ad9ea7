package io.cachesync.web.agent;

import java.time.Instant;

/**
 * One job as the console knows it: one agent JVM on one machine, for one task or check.
 *
 * @param jobId chosen by whoever launches it: letters, digits, {@code -} and {@code _}, at most 64
 * @param taskId key of the task that owns it, or of the check: {@link JobOwner#text}
 * @param incarnation counter of this job's starts, from 1
 * @param pid process id on the machine, 0 while unknown
 * @param startTicks the process's start time as {@code /proc/<pid>/stat} gives it (field 22), 0
 *     while unknown; tells a process from a later one with the same pid
 * @param bootId the machine's boot id when the job was started; a start time means nothing without
 * @param directory absolute path of the job directory on the machine
 * @param reportUrl where this incarnation reports
 * @param lastSeq number of the last report that was applied, 0 before the first
 * @param lastReportAt when the last report came, or null before the first
 * @param startedAt when this incarnation was started
 * @param endedAt when it was seen to have ended, or null
 */
public record Job(
    String jobId,
    String taskId,
    long machineId,
    long incarnation,
    long pid,
    long startTicks,
    String bootId,
    String directory,
    String reportUrl,
    long lastSeq,
    Instant lastReportAt,
    Instant startedAt,
    Instant endedAt) {

  /** Whom it belongs to. */
  public JobOwner owner() {
    return JobOwner.read(taskId);
  }

  /** Whether its agent was started and not yet seen to have ended. */
  public boolean open() {
    return endedAt == null;
  }
}
