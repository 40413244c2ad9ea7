package io.cachesync.web.agent;

import io.cachesync.contract.JobDirective;

/** Knows what a job is to do now; implemented by the stage that owns the jobs. */
public interface DirectiveSource {

  /**
   * What the job is to do now, answered to each of its reports.
   *
   * @param acknowledgedSeq to be handed on in the directive
   */
  JobDirective directiveFor(Job job, long acknowledgedSeq);

  /** Whose jobs these are. */
  default JobOwner.Kind owners() {
    return JobOwner.Kind.TASK;
  }
}
