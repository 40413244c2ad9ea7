package io.cachesync.web.agent;

import io.cachesync.contract.JobDirective;
import io.cachesync.contract.JobReport;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Takes each report of a job once. */
@Service
class ReportIntake {
  private final JobMapper jobs;
  private final JobTokenMapper tokens;
  private final ObjectProvider<ReportSink> sink;
  private final ObjectProvider<DirectiveSource> directives;
  private final Clock clock;

  ReportIntake(
      JobMapper jobs,
      JobTokenMapper tokens,
      ObjectProvider<ReportSink> sink,
      ObjectProvider<DirectiveSource> directives,
      Clock clock) {
    this.jobs = jobs;
    this.tokens = tokens;
    this.sink = sink;
    this.directives = directives;
    this.clock = clock;
  }

  /** Whom a token belongs to. */
  Optional<JobToken> owner(String token) {
    return tokens.find(JobToken.sha256(token)).filter(each -> each.matches(token));
  }

  /**
   * Applies a report, unless it was applied before, and answers what to do now; empty where this
   * incarnation is over.
   */
  @Transactional
  Optional<JobDirective> take(JobToken token, JobReport report) {
    Job job = jobs.find(token.jobId()).orElseThrow();
    if (job.incarnation() != token.incarnation() || !job.open()) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    if (jobs.takeSeq(job.jobId(), job.incarnation(), report.seq(), now) > 0) {
      JobOwner.Kind kind = JobOwner.kindOf(job.taskId());
      sink.orderedStream()
          .filter(each -> each.owners() == kind)
          .findFirst()
          .orElseThrow()
          .apply(job, report);
    } else {
      jobs.heard(job.jobId(), job.incarnation(), now);
    }
    Job after = jobs.find(job.jobId()).orElseThrow();
    if (after.incarnation() != job.incarnation()) {
      return Optional.empty();
    }
    JobOwner.Kind kind = JobOwner.kindOf(after.taskId());
    return directives
        .orderedStream()
        .filter(each -> each.owners() == kind)
        .findFirst()
        .map(each -> each.directiveFor(after, after.lastSeq()));
  }
}
