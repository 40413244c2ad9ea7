package io.cachesync.web.check;

import io.cachesync.contract.Desired;
import io.cachesync.contract.JobDirective;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.LimitSpec;
import io.cachesync.web.agent.DirectiveSource;
import io.cachesync.web.agent.Job;
import io.cachesync.web.agent.JobOwner;
import io.cachesync.web.agent.ReportSink;
import org.springframework.stereotype.Component;

/** Takes the reports of the agents of checks, and answers what is wanted of them. */
@Component
class CheckReports implements ReportSink, DirectiveSource {
  private final CheckStore checks;
  private final RepairStore repairs;
  private final CheckLogs logs;

  CheckReports(CheckStore checks, RepairStore repairs, CheckLogs logs) {
    this.checks = checks;
    this.repairs = repairs;
    this.logs = logs;
  }

  @Override
  public JobOwner.Kind owners() {
    return JobOwner.Kind.CHECK;
  }

  @Override
  public void apply(Job job, JobReport report) {
    if (report.check() != null) {
      checks
          .find(job.owner().id())
          .filter(check -> !check.state().ended() && check.state() != CheckState.COLLECTING)
          .ifPresent(
              check -> {
                // Its row first: lines of a log would lock it for reading, and two that then want
                // to write to it wait for each other.
                checks.take(check, report.check());
                logs.add(check.id(), report.log());
              });
    }
    if (report.repair() != null) {
      repairs.take(job.owner().id(), report.repair());
    }
  }

  @Override
  public JobDirective directiveFor(Job job, long acknowledgedSeq) {
    return checks
        .find(job.owner().id())
        .filter(check -> check.state().stoppable())
        .map(check -> new JobDirective(Desired.RUN, check.limits(), acknowledgedSeq))
        .orElseGet(() -> new JobDirective(Desired.STOP, LimitSpec.none(), acknowledgedSeq));
  }
}
