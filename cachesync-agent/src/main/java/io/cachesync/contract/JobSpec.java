package io.cachesync.contract;

/**
 * {@code job.json} of a job directory: what the console asks of one agent.
 *
 * @param incarnation the console's counter of this job's starts
 * @param report where to report, or null for none
 * @param start how this start begins
 */
public record JobSpec(
    String jobId, long incarnation, SyncSpec sync, ReportSpec report, StartSpec start) {
  public JobSpec {
    start = start == null ? StartSpec.fresh() : start;
  }
}
