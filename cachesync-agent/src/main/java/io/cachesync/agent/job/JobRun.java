package io.cachesync.agent.job;

import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.JobSpec;
import java.time.Clock;
import java.util.List;

/** One job from its start to its end. */
public interface JobRun extends Directed {

  /** What a job directory asks for: a repair, a check or a sync. */
  static JobRun of(
      JobSpec spec, JobSecrets secrets, JobDirectory directory, JobLog log, Clock clock) {
    if (spec.repair() != null) {
      return new RepairJob(spec, secrets, directory, log, clock);
    }
    return spec.check() == null
        ? new JobRunner(spec, secrets, directory, log, clock)
        : new CheckJob(spec, secrets, directory, log, clock);
  }

  /**
   * Runs the job to its end and returns its last report; call once.
   *
   * @param sinks closed at the end
   */
  JobReport run(List<ReportSink> sinks) throws InterruptedException;

  /** Ends the job with what it has kept; returns at once. */
  void stop();
}
