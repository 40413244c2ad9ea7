package io.cachesync.agent.cli;

import io.cachesync.agent.job.Foreground;
import io.cachesync.agent.job.JobDirectory;
import io.cachesync.agent.job.JobLog;
import io.cachesync.agent.job.JobRun;
import io.cachesync.agent.job.ReportFile;
import io.cachesync.agent.job.ReportSink;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSpec;
import io.cachesync.contract.Phase;
import io.cachesync.contract.PrecheckSpec;
import io.cachesync.contract.Severity;
import io.cachesync.contract.StartSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
          + " with 3 where it may not begin, with 1 where it failed.",
      ""
    },
    footer = {
      "",
      "Example, with the source's password in the environment:",
      "  cachesync-agent sync --source redis://10.0.0.1:6379 \\",
      "    --source-password-env SOURCE_PASSWORD --target redis://10.0.0.2:6379"
    })
final class SyncCommand implements Callable<Integer> {
  @Mixin private SyncOptions options;

  @Option(
      names = "--work-dir",
      paramLabel = "DIR",
      description = "Log and relay log (default: ~/.cachesync/agent/<task>).")
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

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException, InterruptedException {
    SyncArguments arguments = options.read();
    Clock clock = Clock.systemUTC();
    String task = arguments.spec().task();
    JobDirectory directory =
        JobDirectory.create(
            workDir == null
                ? Path.of(System.getProperty("user.home"), ".cachesync", "agent", task)
                : workDir);
    if (!skipPrecheck && isBlocked(arguments, directory.path())) {
      return ExitCode.FOUND;
    }
    JobSpec job = new JobSpec(task, clock.millis(), arguments.spec(), null, StartSpec.fresh());
    try (JobLog log = new JobLog(directory.logFile(), clock)) {
      List<ReportSink> sinks = sinks(clock);
      JobRun runner = JobRun.of(job, arguments.secrets(), directory, log, clock);
      StopSignal signal = StopSignal.install(runner::stop);
      int code = ExitCode.FAILED;
      try {
        directory.writePid();
        code = tell(runner.run(sinks));
      } finally {
        signal.ended(code);
      }
      return code;
    }
  }

  /** Tells what a precheck found that forbids the start. */
  private boolean isBlocked(SyncArguments arguments, Path folder) {
    PrintWriter err = command.commandLine().getErr();
    PrecheckSpec spec = new PrecheckSpec(arguments.spec(), arguments.secrets(), 0, List.of());
    Severity gravest =
        Foreground.precheck(
            spec,
            folder,
            finding -> {
              if (finding.severity() == Severity.BLOCK) {
                String of = finding.source().isEmpty() ? "" : finding.source() + ": ";
                err.println(of + finding.summary() + ' ' + finding.remedy());
              }
            });
    if (gravest == Severity.BLOCK) {
      err.println("Nothing was started. The verb precheck tells more.");
      err.flush();
    }
    return gravest == Severity.BLOCK;
  }

  private List<ReportSink> sinks(Clock clock) {
    PrintWriter out = command.commandLine().getOut();
    List<ReportSink> sinks = new ArrayList<>();
    if (progress != ProgressMode.NONE) {
      sinks.add(new ProgressPrinter(out, progress.liveLines(out), clock.millis()));
    }
    if (reportFile != null) {
      try {
        sinks.add(new ReportFile(reportFile));
      } catch (IOException e) {
        throw new ParameterException(
            command.commandLine(), "--report-file: cannot write " + reportFile + ".", e);
      }
    }
    return sinks;
  }

  private int tell(JobReport last) {
    if (last.phase() == Phase.FAILED) {
      command.commandLine().getErr().println(FaultText.of(last.fault()));
      command.commandLine().getErr().flush();
    }
    return ExitCode.of(last);
  }
}
