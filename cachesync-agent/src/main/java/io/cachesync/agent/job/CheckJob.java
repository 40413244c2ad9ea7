package io.cachesync.agent.job;

import io.cachesync.agent.verify.DifferenceSink;
import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobDirective;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.JobSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Runs a job's check, reports about it until it ends, and leaves what it found in a file of the job
 * directory. A check that is started again goes on where its former process kept how far it had
 * come.
 */
final class CheckJob implements JobRun {
  /** More would be read by nobody, and would fill the disk of a machine. */
  static final int MOST_DIFFERENCES = 100_000;

  private static final int LOG_LINES_PER_REPORT = 500;

  private final JobSpec spec;
  private final JobDirectory directory;
  private final JobLog log;
  private final Clock clock;
  private final CheckRunner runner;
  private volatile boolean superseded;
  private boolean stopping;
  private LimitSpec limits;
  private final LongNames names = new LongNames();
  private JsonLines found;
  private int kept;
  private long seq;
  private CheckPhase phase;
  private int roundsOver;
  private boolean toldResume;
  private JobReport last;

  CheckJob(JobSpec spec, JobSecrets secrets, JobDirectory directory, JobLog log, Clock clock) {
    this.spec = spec;
    this.directory = directory;
    this.log = log;
    this.clock = clock;
    this.limits = spec.check().sourceLimits();
    this.runner =
        new CheckRunner(
            spec.check(),
            secrets,
            new Found(),
            directory.path(),
            directory.checkMemory(),
            line -> log.log(LogLevel.INFO, -1, line),
            clock);
  }

  @Override
  public JobReport run(List<ReportSink> sinks) throws InterruptedException {
    log.log(
        LogLevel.INFO,
        -1,
        "Check " + spec.jobId() + " starts, process " + ProcessHandle.current().pid() + ".");
    CheckReport end;
    try {
      end =
          runner.run(
              report -> {
                if (!isOver(report)) {
                  report(sinks, report);
                }
              });
      closeFound();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Whoever hears that it is over may read the file, so that is closed by now.
    report(sinks, end);
    sinks.forEach(ReportSink::close);
    return last;
  }

  @Override
  public synchronized void direct(JobDirective directive) {
    if (directive.desired() != null && directive.desired() == Desired.STOP && !stopping) {
      stop();
    }
    if (directive.limits() != null && !directive.limits().equals(limits)) {
      limits = directive.limits();
      log.log(
          LogLevel.INFO,
          -1,
          "Limits of each side: %d bytes/s, %d commands/s (0 = any)."
              .formatted(limits.bytesPerSecond(), limits.commandsPerSecond()));
      runner.limit(limits);
    }
  }

  @Override
  public synchronized void stop() {
    stopping = true;
    log.log(LogLevel.INFO, -1, "Stopping.");
    runner.stop();
  }

  @Override
  public void supersede() {
    superseded = true;
    runner.stop();
  }

  @Override
  public boolean isSuperseded() {
    return superseded;
  }

  /** A check that did not come as far as that leaves none that somebody else found. */
  private synchronized void closeFound() throws IOException {
    open();
    found.close();
  }

  private void open() throws IOException {
    if (found == null) {
      found = JsonLines.openPrivate(directory.differences());
    }
  }

  /** The file of what was found. */
  private final class Found implements DifferenceSink {
    @Override
    public void accept(CheckDifference difference) {
      synchronized (CheckJob.this) {
        if (kept < MOST_DIFFERENCES) {
          kept++;
          try {
            open(); // A program tells its differences without a beginning.
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          found.write(names.bounded(difference));
        }
      }
    }

    @Override
    public long keep() throws IOException {
      synchronized (CheckJob.this) {
        found.flush();
        return Files.size(directory.differences());
      }
    }

    @Override
    public void goOn(long end) throws IOException {
      synchronized (CheckJob.this) {
        Path file = directory.differences();
        found = end == 0 ? JsonLines.openPrivate(file) : JsonLines.goOnPrivate(file, end);
        try (Stream<String> lines = Files.lines(file)) {
          kept = (int) lines.count();
        }
      }
    }
  }

  private void report(List<ReportSink> sinks, CheckReport check) {
    tell(check);
    Fault fault =
        superseded
            ? Fault.fatal(FaultCode.FENCED, "a newer start of this check has taken over")
            : check.fault();
    last =
        new JobReport(
            spec.jobId(),
            spec.incarnation(),
            ++seq,
            clock.millis(),
            -1,
            superseded ? Phase.FAILED : phaseOf(check.phase()),
            fault,
            List.of(),
            log.take(LOG_LINES_PER_REPORT),
            directory.usage(),
            check);
    sinks.forEach(sink -> sink.accept(last));
  }

  /** What is new goes into the log. */
  private void tell(CheckReport check) {
    for (CheckReport.Round round :
        check
            .settled()
            .subList(Math.min(roundsOver, check.settled().size()), check.settled().size())) {
      log.log(
          LogLevel.INFO,
          -1,
          String.format(
              Locale.ROOT,
              "Round %d of %d took %.1f s: %d keys compared, %d differ.",
              round.round(),
              check.rounds(),
              round.millis() / 1000.0,
              round.keysCompared(),
              round.keysDiffering()));
      roundsOver++;
    }
    if (check.resumes() > 0 && !toldResume) {
      toldResume = true;
      log.log(
          LogLevel.INFO,
          -1,
          "Goes on where a former process of this check was: round %d of %d, %d %% of it."
              .formatted(check.round(), check.rounds(), Math.max(0, check.percent())));
    }
    if (check.phase() != phase) {
      phase = check.phase();
      log.log(
          check.fault() == null ? LogLevel.INFO : LogLevel.WARN,
          -1,
          phase
              + (check.fault() == null
                  ? "."
                  : ": " + check.fault().code() + ": " + check.fault().message()));
    }
  }

  private static boolean isOver(CheckReport report) {
    return phaseOf(report.phase()).ended();
  }

  /** In the words of a job; a check has more of its own. */
  private static Phase phaseOf(CheckPhase phase) {
    return switch (phase) {
      case CONNECTING -> Phase.CONNECTING;
      case DONE -> Phase.DONE;
      case STOPPED -> Phase.STOPPED;
      case FAILED -> Phase.FAILED;
      case COMPARING, PAUSING, UNKNOWN -> Phase.UNKNOWN;
    };
  }
}
