package io.cachesync.web.agent;

import io.cachesync.contract.JobReport;

/** Takes the reports of agents; implemented by the stage that owns the jobs. */
public interface ReportSink {

  /**
   * Applies one report. Called once per sequence number of an incarnation, in ascending order,
   * inside the transaction that moves the job's last sequence number: if it throws, the report was
   * not applied and the agent sends it again.
   *
   * @param job the job as it stood before this report
   */
  void apply(Job job, JobReport report);

  /** Whose jobs these are. */
  default JobOwner.Kind owners() {
    return JobOwner.Kind.TASK;
  }
}
