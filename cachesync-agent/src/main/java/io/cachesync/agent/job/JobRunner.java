package io.cachesync.agent.job;

import io.cachesync.agent.entry.KeyTouches;
import io.cachesync.agent.sync.LinkGroup;
import io.cachesync.agent.sync.LinkListener;
import io.cachesync.agent.sync.LinkOutcome;
import io.cachesync.agent.sync.LinkSpec;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobDirective;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.JobSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Runs one job's links and reports about it until it ends. */
final class JobRunner implements JobRun {
  private static final int LOG_LINES_PER_REPORT = 500;

  private final JobSpec spec;
  private final JobDirectory directory;
  private final JobLog log;
  private final Clock clock;
  private final long intervalMillis;
  private final LinkGroup links;
  private final ContinuousChecks checks;

  /** A permit for each reason to report before the interval is over. */
  private final Semaphore news = new Semaphore(0);

  private volatile Fault superseded;
  private volatile boolean stopping;
  private Desired desired;
  private LimitSpec limits;
  private long seq;
  private JobReport last;

  public JobRunner(
      JobSpec spec, JobSecrets secrets, JobDirectory directory, JobLog log, Clock clock) {
    this.spec = spec;
    this.directory = directory;
    this.log = log;
    this.clock = clock;
    this.limits = spec.sync().limits();
    this.intervalMillis = spec.report() == null ? 1000 : spec.report().intervalMillis();
    byte[] random = new byte[4];
    ThreadLocalRandom.current().nextBytes(random);
    String name = spec.incarnation() + "-" + HexFormat.of().formatHex(random);
    name += "-" + directory.connectionMark();
    this.checks = new ContinuousChecks(log, spec.sync().continuousKeys());
    this.links =
        LinkGroup.of(
            new LinkSpec(0, spec.sync(), secrets, directory.relay(), name, spec.start().mode()),
            Listener::new,
            clock);
    this.desired = spec.start().desired();
    links.direct(desired, limits);
  }

  @Override
  public JobReport run(List<ReportSink> sinks) throws InterruptedException {
    log.log(LogLevel.INFO, -1, "Job " + spec.jobId() + " starts, process " + pid() + ".");
    links.start();
    String prefix = spec.sync().keyPrefix();
    try (RepairDesk repairs = new RepairDesk(directory.path(), prefix, links::repair, log, clock)) {
      repairs.start();
      while (outcome().isEmpty()) {
        news.tryAcquire(intervalMillis, TimeUnit.MILLISECONDS);
        news.drainPermits();
        report(sinks, links.phase(), links.fault());
      }
    }
    checks.end();
    LinkOutcome outcome = outcome().orElseThrow();
    Fault fault = outcome.fault();
    log.log(
        fault == null ? LogLevel.INFO : LogLevel.WARN,
        -1,
        "Job ends: " + outcome.phase() + (fault == null ? "." : ", " + fault.code() + "."));
    report(sinks, outcome.phase(), fault);
    sinks.forEach(ReportSink::close);
    return last;
  }

  /** What the console answered to a report. */
  @Override
  public synchronized void direct(JobDirective directive) {
    if (stopping || directive.desired() == null || directive.desired() == Desired.UNKNOWN) {
      return;
    }
    if (directive.continuousKeys() != null) {
      checks.want(directive.continuousKeys());
    }
    LimitSpec newLimits = directive.limits() == null ? limits : directive.limits();
    if (directive.desired() == desired && newLimits.equals(limits)) {
      return;
    }
    desired = directive.desired();
    limits = newLimits;
    log.log(LogLevel.INFO, -1, "Asked to " + desired + ", " + text(limits) + ".");
    links.direct(desired, limits);
    news.release();
  }

  private static String text(LimitSpec limits) {
    if (limits.equals(LimitSpec.none())) {
      return "no limit";
    }
    return "at most %d bytes/s, %d commands/s (0 = any)"
        .formatted(limits.bytesPerSecond(), limits.commandsPerSecond());
  }

  /** Ends the job with its checkpoint kept; returns at once. */
  @Override
  public synchronized void stop() {
    stopping = true;
    log.log(LogLevel.INFO, -1, "Stopping, the checkpoint is kept.");
    links.direct(Desired.STOP, limits);
  }

  /**
   * A newer incarnation of the job exists: {@link #run} returns at once and nothing more may touch
   * the target, so the process must end without waiting for the link.
   */
  @Override
  public void supersede() {
    superseded =
        Fault.fatal(FaultCode.FENCED, "a newer start of this job has taken over; this one ends");
    news.release();
  }

  @Override
  public boolean isSuperseded() {
    return superseded != null;
  }

  /** The newest report, or null before the first. */
  public JobReport lastReport() {
    return last;
  }

  private Optional<LinkOutcome> outcome() {
    return superseded != null
        ? Optional.of(new LinkOutcome(Phase.FAILED, superseded))
        : links.outcome();
  }

  private void report(List<ReportSink> sinks, Phase phase, Fault fault) {
    List<LinkStatus> statuses = ReportedLetters.bounded(links.statuses());
    last =
        new JobReport(
            spec.jobId(),
            spec.incarnation(),
            ++seq,
            clock.millis(),
            links.epoch(),
            phase,
            phase == Phase.RETRYING || phase == Phase.FAILED ? fault : null,
            movesData() ? statuses : List.of(),
            log.take(LOG_LINES_PER_REPORT),
            directory.usage(),
            null,
            null,
            checks.report());
    for (ReportSink sink : sinks) {
      sink.accept(last);
    }
  }

  /**
   * One that only removes keys, or only takes the target to stop, has nothing to say of the data,
   * and hides nothing that was said of it.
   */
  private boolean movesData() {
    Desired began = spec.start().desired();
    return began != Desired.REMOVE && began != Desired.STOP;
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }

  private final class Listener implements LinkListener {
    private final int link;

    /** Of this listener's last change. */
    private volatile Phase phase;

    Listener(int link) {
      this.link = link;
    }

    @Override
    public void log(LogLevel level, String text) {
      log.log(level, link, text);
    }

    @Override
    public void phaseChanged(Phase next, Fault newFault) {
      // A try that failed is told in one line, by who tries again.
      boolean isTold =
          next == Phase.RETRYING || (next == Phase.CONNECTING && phase == Phase.RETRYING);
      if (!isTold) {
        log.log(
            newFault == null ? LogLevel.INFO : LogLevel.WARN,
            link,
            next + (newFault == null ? "" : ": " + newFault.code() + ": " + newFault.message()));
      }
      phase = next;
      news.release();
    }

    @Override
    public void linksAre(Set<Integer> numbers) {
      checks.linksAre(numbers);
    }

    @Override
    public KeyTouches touches(LinkSpec spec) {
      return checks.touches(spec);
    }
  }
}
