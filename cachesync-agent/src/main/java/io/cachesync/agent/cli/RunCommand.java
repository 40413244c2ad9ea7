package io.cachesync.agent.cli;

import io.cachesync.agent.job.HttpReporter;
import io.cachesync.agent.job.JobDirectory;
import io.cachesync.agent.job.JobLog;
import io.cachesync.agent.job.JobRun;
import io.cachesync.agent.job.ReportSink;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.JobSpec;
import io.cachesync.contract.LogLevel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code run DIR}: what the console starts. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    versionProvider = AgentVersion.class,
    description = {
      "Runs a job directory, as the console starts it on a machine.",
      "The console writes this directory and calls this verb; at a shell the verbs sync, check and"
          + " repair do the same by their options.",
      "",
      "DIR holds job.json (what to do, and where to report) and secrets.json (passwords, deleted"
          + " once they are read). The log agent.log is written there and, at the end, exit.json with"
          + " the exit code and the last report. Reports go to the console that job.json names.",
      "",
      "Ends with 0 where the job is done, with 3 where a check found differences, with 130 where it"
          + " was stopped, with 2 where the directory is not understood, with 1 where it failed.",
      ""
    },
    footer = {"", "Example:", "  cachesync-agent run /opt/cachesync/jobs/7"})
final class RunCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "The job directory.")
  private Path folder;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Clock clock = Clock.systemUTC();
    JobDirectory directory = JobDirectory.open(folder);
    JobSpec spec = directory.spec();
    JobSecrets secrets = directory.takeSecrets();
    try (JobLog log = new JobLog(directory.logFile(), clock)) {
      JobRun runner = JobRun.of(spec, secrets, directory, log, clock);
      StopSignal signal =
          StopSignal.install(command.commandLine().getErr(), "")
              .patiently(runner::stop, "The job goes on from its checkpoint at its next start.");
      int code = ExitCode.FAILED;
      try {
        directory.writePid();
        JobReport last = runner.run(sinks(spec, secrets, directory, log, runner));
        code = ExitCode.of(last);
        writeExit(directory, code, last, log);
      } finally {
        if (runner.isSuperseded()) {
          // A link that still runs must not write one more byte to the target.
          Runtime.getRuntime().halt(code);
        }
        signal.ended(code);
      }
      return code;
    }
  }

  /** What the job has ended by counts for more than that it could not be noted. */
  private static void writeExit(JobDirectory directory, int code, JobReport last, JobLog log) {
    try {
      directory.writeExit(code, last);
    } catch (FaultException e) {
      log.log(LogLevel.WARN, -1, "how the job ended is not noted: " + e.getMessage());
    }
  }

  private static List<ReportSink> sinks(
      JobSpec spec, JobSecrets secrets, JobDirectory directory, JobLog log, JobRun runner)
      throws IOException {
    List<ReportSink> sinks = new ArrayList<>();
    if (spec.report() != null) {
      sinks.add(
          new HttpReporter(
              spec.report(), secrets.reportToken(), directory.unsentReports(), runner, log));
    }
    return sinks;
  }
}
