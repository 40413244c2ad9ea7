package io.cachesync.agent.cli;

import io.cachesync.agent.job.CheckRunner;
import io.cachesync.agent.job.JsonLines;
import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code check}: are both sides equal? */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    versionProvider = AgentVersion.class,
    description = {
      "Compares source and target key by key, and changes nothing.",
      "",
      "Every type is compared as what it is: lists to the last element, scores to the last bit,"
          + " streams with groups and pending entries, times of hash fields. Keys that begin with"
          + " cachesync: are left out. Keys that differ each time, but never twice in the same"
          + " way, are being written: they are told as settling, not as different.",
      "",
      "Of a task that moves a part of its source, or under other names, give the same filter: what"
          + " it moves is compared. --exclude-command and --publish say nothing to a check.",
      "",
      "Ends with 0 where both sides are equal, with 3 where something differs, with 4 where a"
          + " side cannot be reached, with 1 where it could not be read, with 130 where it was"
          + " stopped.",
      ""
    },
    footer = {
      "",
      "Words of the result:",
      "  unlike     differed in this round; looked at again in the next",
      "  differ     unlike in the last two rounds in the same way",
      "  settling   unlike each time, never twice in the same way: being written",
      "",
      "Example:",
      "  cachesync-agent check --source redis://10.0.0.1:6379 \\",
      "    --target redis://10.0.0.2:6379 --result differences.jsonl"
    })
final class CheckCommand implements Callable<Integer> {
  @Mixin private CheckOptions options;

  @Option(
      names = "--result",
      paramLabel = "FILE",
      description = {
        "Writes the differences as JSON lines, in place of what was there: database, key (keyBase64"
            + " where it is not text), type, kind, field, what source and target have, when and in"
            + " which round it was read, where the source's stream stood then. Only you may read"
            + " it."
      })
  private Path result;

  @Option(
      names = "--report-file",
      paramLabel = "FILE",
      description =
          "Writes a report each second and at the end, as JSON lines, in place of what was there.")
  private Path reportFile;

  @Option(
      names = "--progress",
      paramLabel = "auto|plain|none",
      defaultValue = "AUTO",
      description = "How progress is shown (default, auto: a bar on a terminal, else lines).")
  private ProgressMode progress;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException, InterruptedException {
    CheckOptions.Arguments arguments = options.read();
    FileTrouble.refuseSame(command, "--result", result, "--report-file", reportFile);
    PrintWriter out = command.commandLine().getOut();
    CheckPrinter printer =
        new CheckPrinter(out, progress != ProgressMode.NONE, progress.liveLines(out));
    try (JsonLines differences = openResult();
        ReportLines reports = ReportLines.open(command, reportFile)) {
      CheckRunner runner =
          new CheckRunner(
              arguments.spec(),
              arguments.secrets(),
              difference -> tell(difference, differences, printer),
              null,
              Clock.systemUTC());
      StopSignal signal =
          StopSignal.install(command.commandLine().getErr(), "")
              .patiently(runner::stop, "The check was not finished. Nothing was changed.");
      int code = ExitCode.FAILED;
      try {
        CheckReport last = runner.run(report -> tell(report, reports, printer));
        printer.summary(last, result);
        if (differences != null && last.phase() != CheckPhase.FAILED) {
          differences.flush();
        }
        code = exitCode(last);
      } finally {
        signal.ended(code);
      }
      return code;
    }
  }

  private static void tell(CheckDifference difference, JsonLines file, CheckPrinter printer) {
    printer.accept(difference);
    if (file != null) {
      file.write(difference);
    }
  }

  private static void tell(CheckReport report, ReportLines file, CheckPrinter printer) {
    printer.accept(report);
    file.write(report);
  }

  private int exitCode(CheckReport last) {
    return switch (last.phase()) {
      case DONE -> last.differentKeys() == 0 ? ExitCode.DONE : ExitCode.FOUND;
      case STOPPED -> ExitCode.STOPPED;
      default -> {
        FaultText.tell(command.commandLine(), last.fault());
        yield FaultText.exitCode(last.fault());
      }
    };
  }

  /** Null where no file is asked for. */
  private JsonLines openResult() {
    try {
      return result == null ? null : JsonLines.openPrivate(result);
    } catch (IOException e) {
      throw FileTrouble.of(command, "--result", result, e);
    }
  }
}
