package io.cachesync.agent.job;

import io.cachesync.contract.JobReport;

/** Takes a job's reports, in order, on the runner's thread; must return at once. */
public interface ReportSink extends AutoCloseable {
  void accept(JobReport report);

  /** After the last report: delivers what waits, for a few seconds at most. */
  @Override
  void close();
}
