package io.cachesync.agent.job;

import io.cachesync.contract.JobDirective;

/** Hears what the console answers to reports. */
public interface Directed {
  void direct(JobDirective directive);

  /** A newer incarnation of the job exists. */
  void supersede();

  boolean isSuperseded();
}
