package io.cachesync.contract;

/**
 * {@code job.json} of a job directory: what the console asks of one agent.
 *
 * @param incarnation the console's counter of this job's starts
 * @param report where to report, or null for none
 * @param sync what it syncs, or null for a job that does not
 * @param start how this start begins
 * @param check what it compares, or null for a job that does not only check
 * @param repair what it repairs, or null for a job that does not
 */
public record JobSpec(
    String jobId,
    long incarnation,
    SyncSpec sync,
    ReportSpec report,
    StartSpec start,
    CheckSpec check,
    RepairSpec repair) {
  public JobSpec {
    start = start == null ? StartSpec.fresh() : start;
  }

  /** Of a job that syncs. */
  public JobSpec(
      String jobId, long incarnation, SyncSpec sync, ReportSpec report, StartSpec start) {
    this(jobId, incarnation, sync, report, start, null, null);
  }

  /** Of a job that repairs. */
  public JobSpec(String jobId, long incarnation, RepairSpec repair, ReportSpec report) {
    this(jobId, incarnation, null, report, null, null, repair);
  }

  /** Of a job that checks. */
  public JobSpec(String jobId, long incarnation, CheckSpec check, ReportSpec report) {
    this(jobId, incarnation, null, report, null, check, null);
  }
}
