package io.cachesync.agent.job;

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
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairedKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/**
 * Runs a job's repair and the check behind it, reports about both until it ends, and leaves in
 * files of the job directory what became of each key and what is still unlike. One that is started
 * again repairs all keys once more, and keeps the undo file.
 */
final class RepairJob implements JobRun {
  private static final int LOG_LINES_PER_REPORT = 500;
  private static final CheckReport.Side NO_SIDE = new CheckReport.Side("", "", 0, 0, 0, 0, 0, 0);

  private final JobSpec spec;
  private final JobDirectory directory;
  private final JobLog log;
  private final Clock clock;
  private final JobSecrets secrets;
  private volatile boolean superseded;
  private volatile RepairRunner runner;
  private boolean stopping;
  private JsonLines results;
  private final LongNames names = new LongNames();
  private JsonLines found;
  private int kept;
  private long seq;
  private RepairPhase phase;
  private JobReport last;

  RepairJob(JobSpec spec, JobSecrets secrets, JobDirectory directory, JobLog log, Clock clock) {
    this.spec = spec;
    this.secrets = secrets;
    this.directory = directory;
    this.log = log;
    this.clock = clock;
  }

  @Override
  public JobReport run(List<ReportSink> sinks) throws InterruptedException {
    RepairReport end;
    try (JsonLines differences = JsonLines.openPrivate(directory.differences());
        JsonLines outcomes = JsonLines.openPrivate(directory.results())) {
      found = differences;
      results = outcomes;
      begin();
      end =
          runner.run(
              report -> {
                if (!report.phase().ended()) {
                  report(sinks, report);
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Whoever hears that it is over may read the files, so they are closed by now.
    report(sinks, end);
    sinks.forEach(ReportSink::close);
    return last;
  }

  private synchronized void begin() throws IOException {
    String undo = spec.repair().undoFile();
    Path undoFile = undo.isEmpty() ? directory.undo() : Path.of(undo);
    Files.createDirectories(undoFile.toAbsolutePath().getParent());
    RepairRunner.Files files =
        new RepairRunner.Files(() -> RepairRunner.keysIn(directory.keys()), undoFile, this::keep);
    runner = new RepairRunner(spec.repair(), secrets, spec.jobId(), files, this::keep, clock);
    log.log(
        LogLevel.INFO,
        -1,
        "Repair " + spec.jobId() + " starts, process " + ProcessHandle.current().pid() + ".");
    if (stopping) {
      runner.stop();
    }
  }

  @Override
  public void direct(JobDirective directive) {
    if (directive.desired() == Desired.STOP) {
      stop();
    }
  }

  @Override
  public synchronized void stop() {
    if (!stopping) {
      stopping = true;
      log.log(LogLevel.INFO, -1, "Stopping.");
    }
    if (runner != null) {
      runner.stop();
    }
  }

  @Override
  public void supersede() {
    superseded = true;
    stop();
  }

  @Override
  public boolean isSuperseded() {
    return superseded;
  }

  private void keep(RepairedKey key) {
    results.write(key);
  }

  private synchronized void keep(CheckDifference difference) {
    if (kept < CheckJob.MOST_DIFFERENCES) {
      kept++;
      found.write(names.bounded(difference));
    }
  }

  private void report(List<ReportSink> sinks, RepairReport repair) {
    tell(repair);
    Fault fault =
        superseded
            ? Fault.fatal(FaultCode.FENCED, "a newer start of this repair has taken over")
            : repair.fault();
    last =
        new JobReport(
            spec.jobId(),
            spec.incarnation(),
            ++seq,
            clock.millis(),
            -1,
            superseded ? Phase.FAILED : phaseOf(repair.phase()),
            fault,
            List.of(),
            log.take(LOG_LINES_PER_REPORT),
            directory.usage(),
            check(repair),
            repair);
    sinks.forEach(sink -> sink.accept(last));
  }

  private void tell(RepairReport repair) {
    if (repair.phase() != phase) {
      phase = repair.phase();
      Fault fault = repair.fault();
      log.log(
          fault == null ? LogLevel.INFO : LogLevel.WARN,
          -1,
          "%s, %d of %d keys %s%s"
              .formatted(
                  phase,
                  repair.done(),
                  repair.keys(),
                  repair.courses(),
                  fault == null ? "." : ": " + fault.code() + ": " + fault.message()));
    }
  }

  /** The check behind the repair; it is over with the repair and not before. */
  private CheckReport check(RepairReport repair) {
    CheckReport check = repair.check();
    CheckPhase now =
        switch (repair.phase()) {
          case DONE -> CheckPhase.DONE;
          case STOPPED -> CheckPhase.STOPPED;
          case FAILED -> CheckPhase.FAILED;
          default -> check == null ? CheckPhase.CONNECTING : CheckPhase.COMPARING;
        };
    return new CheckReport(
        repair.startedMillis(),
        repair.atMillis(),
        now,
        repair.fault(),
        spec.repair().check().mode(),
        check == null ? 0 : check.round(),
        check == null ? 0 : check.rounds(),
        check == null ? 0 : check.percent(),
        check == null ? 0 : check.differentKeys(),
        check == null ? 0 : check.settlingKeys(),
        check == null ? null : check.differencesByKind(),
        check == null ? null : check.differencesByType(),
        check == null ? null : check.settled(),
        check == null ? NO_SIDE : check.source(),
        check == null ? NO_SIDE : check.target(),
        0,
        check == null ? List.of() : check.moreSources());
  }

  /** In the words of a job; a repair has more of its own. */
  private static Phase phaseOf(RepairPhase phase) {
    return switch (phase) {
      case CONNECTING -> Phase.CONNECTING;
      case DONE -> Phase.DONE;
      case STOPPED -> Phase.STOPPED;
      case FAILED -> Phase.FAILED;
      case WAITING, REPAIRING, CHECKING, UNKNOWN -> Phase.UNKNOWN;
    };
  }
}
