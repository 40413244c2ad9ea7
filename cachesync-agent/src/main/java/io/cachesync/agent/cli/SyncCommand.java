package io.cachesync.agent.cli;

import io.cachesync.agent.job.DirectoryLock;
import io.cachesync.agent.job.Foreground;
import io.cachesync.agent.job.JobDirectory;
import io.cachesync.agent.job.JobLog;
import io.cachesync.agent.job.JobRun;
import io.cachesync.agent.job.ReportFile;
import io.cachesync.agent.job.ReportSink;
import io.cachesync.agent.job.TaskWriters;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.PrecheckSpec;
import io.cachesync.contract.Severity;
import io.cachesync.contract.StartSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sync}: full sync, then the replication stream until stopped. */
@Command(
    name = "sync",
    mixinStandardHelpOptions = true,
    versionProvider = AgentVersion.class,
    description = {
      "Copies the source to the target and then applies every change until it is stopped.",
      "Stopped by Ctrl-C it keeps its place; the same command goes on from there.",
      "",
      "Ends with 130 where it was stopped, with 0 after --full-only or where the task was finished,"
          + " with 3 where it may not begin, with 4 where a server cannot be reached at its start,"
          + " with 1 where it failed.",
      "",
      "Mostly two addresses are all it needs. Copy and follow, copy only, compare, and forget the"
          + " task (A and B as 10.0.0.1:6379):",
      "  cachesync-agent sync --source redis://A --target redis://B",
      "  cachesync-agent sync --source redis://A --target redis://B --full-only",
      "  cachesync-agent check --source redis://A --target redis://B",
      "  cachesync-agent finish --source redis://A --target redis://B",
      ""
    },
    footer = {
      "",
      "Words of the progress:",
      "  CONNECTING         asks both ends, and takes the task's place at the target",
      "  FULL_SYNC_QUEUED   waits for its turn (--parallel-full-syncs)",
      "  FULL_SYNC_WAITING  the source prepares its snapshot",
      "  FULL_SYNC          the snapshot is copied",
      "  INCREMENTAL        each change is applied as it comes (in sync: at once)",
      "  RETRYING           a fault that passes; it is tried again by itself",
      "  lag                what the target lacks of the source: bytes / seconds",
      "  relay log          what waits on this disk for a target that is slower",
      "",
      "Example, with the source's password in the environment:",
      "  cachesync-agent sync --source redis://10.0.0.1:6379 \\",
      "    --source-password-env SOURCE_PASSWORD --target redis://10.0.0.2:6379"
    })
final class SyncCommand implements Callable<Integer> {
  private static final String PRECHECK = "Asking source and target whether it may begin …";

  @Mixin private SyncOptions options;

  @Option(
      names = "--work-dir",
      paramLabel = "DIR",
      description =
          "Log and relay log (default: ~/.cachesync/agent/<task>, with --slots <task>-slots-<the"
              + " first slot>).")
  private Path workDir;

  @Option(
      names = "--report-file",
      paramLabel = "FILE",
      description = "Appends a report each second and at each change of phase, as JSON lines.")
  private Path reportFile;

  @Option(
      names = "--progress",
      paramLabel = "auto|plain|none",
      defaultValue = "AUTO",
      description = "How progress is shown (default, auto: a bar on a terminal, else lines).")
  private ProgressMode progress;

  @Option(names = "--skip-precheck", description = "Start without asking first whether it may run.")
  private boolean skipPrecheck;

  @Option(
      names = "--take-over",
      description =
          "Where the same task runs already, in this work directory or elsewhere: stop that process,"
              + " and go on from there (default: refuse to start). One that runs elsewhere ends with"
              + " FENCED.")
  private boolean takeOver;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException, InterruptedException {
    SyncArguments arguments = options.read();
    FileTrouble.refuseSame(command, "--report-file", reportFile);
    Optional<ReportSink> reports = openReports();
    JobDirectory directory =
        JobDirectory.create(
            workDir == null
                ? Path.of(
                    System.getProperty("user.home"), ".cachesync", "agent", arguments.folder())
                : workDir);
    Optional<DirectoryLock> lock =
        new WorkFolder(directory.path(), command.commandLine().getErr()).take(takeOver);
    if (lock.isEmpty()) {
      return ExitCode.FOUND;
    }
    try {
      return run(arguments, directory, reports);
    } finally {
      lock.get().close();
    }
  }

  private int run(SyncArguments arguments, JobDirectory directory, Optional<ReportSink> reports)
      throws IOException, InterruptedException {
    Clock clock = Clock.systemUTC();
    String task = arguments.spec().task();
    PrintWriter out = command.commandLine().getOut();
    LiveLines live = progress.liveLines(out);
    List<ReportSink> sinks = new ArrayList<>();
    if (progress != ProgressMode.NONE) {
      sinks.add(new ProgressPrinter(out, live, clock.millis()));
    }
    reports.ifPresent(sinks::add);
    StopSignal signal =
        StopSignal.install(command.commandLine().getErr(), "Stopped before anything was started.");
    int code = ExitCode.FAILED;
    try (JobLog log = new JobLog(directory.logFile(), clock)) {
      if (progress != ProgressMode.NONE) {
        out.println("Task " + task + ", log in " + directory.logFile().toAbsolutePath());
        out.flush();
      }
      if (!skipPrecheck) {
        List<PrecheckFinding> warnings = new ArrayList<>();
        List<PrecheckFinding> blocking = precheck(arguments, directory.path(), out, live, warnings);
        if (!blocking.isEmpty()) {
          Blocked.tell(blocking, command.commandLine().getErr());
          reports.ifPresent(file -> file.accept(Blocked.report(task, blocking, clock)));
          code = Blocked.exitCode(blocking);
          return code;
        }
        warn(warnings);
      }
      Optional<String> elsewhere =
          takeOver
              ? Optional.empty()
              : TaskWriters.elsewhere(arguments.spec(), arguments.secrets().target(), directory);
      if (elsewhere.isPresent()) {
        refuse(elsewhere.get());
        reports.ifPresent(file -> file.accept(Blocked.report(task, elsewhere.get(), clock)));
        code = ExitCode.FOUND;
        return code;
      }
      JobSpec job = new JobSpec(task, clock.millis(), arguments.spec(), null, StartSpec.fresh());
      JobRun runner = JobRun.of(job, arguments.secrets(), directory, log, clock);
      signal.patiently(
          runner::stop,
          "A server does not answer, so what is under way could not be brought to its end."
              + " Run the same command to go on: what is in doubt is looked at then.");
      directory.writePid();
      code = tell(runner.run(sinks), arguments);
    } finally {
      signal.ended(code);
    }
    return code;
  }

  private void refuse(String elsewhere) {
    PrintWriter err = command.commandLine().getErr();
    err.println(elsewhere);
    err.println(
        "Nothing was started. Stop that one where it runs (it keeps its place), or give --take-over:"
            + " it ends with FENCED then, and this one goes on from there. Where its host is dead,"
            + " the server lists its connection for some minutes more: --take-over does not wait"
            + " for that.");
    err.flush();
  }

  /** It begins all the same; what to do is told by the verb precheck. */
  private void warn(List<PrecheckFinding> warnings) {
    PrintWriter err = command.commandLine().getErr();
    warnings.forEach(finding -> err.println(PrecheckCommand.line(finding)));
    err.flush();
  }

  /**
   * What forbids the start.
   *
   * @param warnings filled with what speaks against it
   */
  private List<PrecheckFinding> precheck(
      SyncArguments arguments,
      Path folder,
      PrintWriter out,
      LiveLines live,
      List<PrecheckFinding> warnings) {
    PrecheckSpec spec = new PrecheckSpec(arguments.spec(), arguments.secrets(), 0, List.of());
    List<PrecheckFinding> blocking = new ArrayList<>();
    try (Waiting waiting = Waiting.show(progress, out, live, PRECHECK)) {
      Foreground.precheck(
          spec,
          folder,
          finding -> {
            if (finding.severity() == Severity.BLOCK) {
              blocking.add(finding);
            } else if (finding.severity() == Severity.WARNING) {
              warnings.add(finding);
            }
          });
    }
    return blocking;
  }

  private Optional<ReportSink> openReports() {
    if (reportFile == null) {
      return Optional.empty();
    }
    PrintWriter err = command.commandLine().getErr();
    try {
      return Optional.of(
          new ReportFile(reportFile, trouble -> ReportLines.tell(err, reportFile, trouble)));
    } catch (IOException e) {
      throw FileTrouble.of(command, "--report-file", reportFile, e);
    }
  }

  /** Also where no progress is shown: a pattern that was mistyped looks like an empty source. */
  private void tellNothingCopied(List<LinkStatus> links) {
    long there = links.stream().mapToLong(LinkStatus::keys).sum();
    if (there > 0 && links.stream().allMatch(link -> link.keysApplied() == 0)) {
      PrintWriter err = command.commandLine().getErr();
      err.printf(
          "warning Nothing was copied: the filter chooses none of the %d keys of the source.%n",
          there);
      err.flush();
    }
  }

  private int tell(JobReport last, SyncArguments arguments) {
    if (last.phase() == Phase.FAILED) {
      FaultText.tell(command.commandLine(), last.fault());
    }
    if (last.phase() == Phase.DONE && !arguments.spec().filter().equals(FilterSpec.everything())) {
      tellNothingCopied(last.links());
    }
    return ExitCode.of(last);
  }
}
