package io.cachesync.agent.cli;

import io.cachesync.agent.job.Foreground;
import io.cachesync.agent.job.JsonLines;
import io.cachesync.agent.job.RepairRunner;
import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairPlanSpec;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairedKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code repair}: puts the source's values where a check has found others. */
@Command(
    name = "repair",
    mixinStandardHelpOptions = true,
    versionProvider = AgentVersion.class,
    description = {
      "Fetches keys again from the source that a check has found unlike.",
      "It writes them at the target. What the target had goes to an undo file first, which the verb"
          + " undo puts back. Then what was repaired is compared.",
      "",
      "Where a sync moves into the same databases, it does the work in its own lanes: give its"
          + " --task or --work-dir. Of a task that moves a part of its source, or under other"
          + " names, give the same filter.",
      "",
      "Ends with 0 where all is repaired, with 3 where a key could not be, was left or still"
          + " differs, with 4 where a side cannot be reached, with 1 where it failed.",
      ""
    },
    footer = {
      "",
      "Words of the result:",
      "  WRITE      the source's value is put at the target",
      "  DELETE     only the target had it, and it was removed (--delete-extra)",
      "  LEAVE      only the target has it, and it stays",
      "  GONE       neither side has it any more",
      "  NOT_MOVED  the filter leaves it out",
      "  FAIL       it could not be repaired; what the target had is there still",
      "",
      "Example: find what differs, see what a repair would do, and repair it:",
      "  cachesync-agent check --source redis://10.0.0.1:6379 \\",
      "    --target redis://10.0.0.2:6379 --result differences.jsonl",
      "  cachesync-agent repair --source redis://10.0.0.1:6379 \\",
      "    --target redis://10.0.0.2:6379 --keys differences.jsonl --dry-run",
      "  cachesync-agent repair --source redis://10.0.0.1:6379 \\",
      "    --target redis://10.0.0.2:6379 --keys differences.jsonl \\",
      "    --undo-file before.jsonl"
    })
final class RepairCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  @Mixin private SpecInput specInput;
  @Mixin private RepairOptions options;

  @Option(
      names = "--keys",
      required = true,
      paramLabel = "FILE",
      description =
          "Which keys: the --result of a check, or JSON lines with database, key and, where that"
              + " is not text, keyBase64.")
  private Path keys;

  @Option(
      names = "--undo-file",
      paramLabel = "FILE",
      description =
          "Where the values that the target had go, behind what is there (default:"
              + " undo-DATE-TIME.jsonl here). Only you may read it.")
  private Path undo;

  @Option(
      names = "--result",
      paramLabel = "FILE",
      description = "Writes what became of each key, or would, as JSON lines.")
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
    if (specInput.isGiven()) {
      return plan();
    }
    RepairOptions.Arguments arguments = options.read();
    String now = LocalDateTime.now().format(TIME);
    Path undoFile = undo == null ? Path.of("undo-" + now + ".jsonl") : undo;
    refuseNoFolder(undoFile);
    FileTrouble.refuseSame(
        command,
        "--keys",
        keys,
        "--undo-file",
        undoFile,
        "--result",
        result,
        "--report-file",
        reportFile);
    // Before anything is written over.
    List<NamedKey> named = RepairRunner.keysIn(keys);
    PrintWriter out = command.commandLine().getOut();
    RepairPrinter printer =
        new RepairPrinter(out, progress != ProgressMode.NONE, progress.liveLines(out));
    try (JsonLines results = openResult();
        ReportLines reports = ReportLines.open(command, reportFile)) {
      RepairRunner runner =
          new RepairRunner(
              arguments.spec(),
              arguments.secrets(),
              now + "-" + ProcessHandle.current().pid(),
              new RepairRunner.Files(() -> named, undoFile, key -> tell(key, results, printer)),
              (CheckDifference difference) -> printer.accept(difference),
              Clock.systemUTC());
      StopSignal signal =
          StopSignal.install(command.commandLine().getErr(), "")
              .patiently(
                  runner::stop,
                  "Not all keys were repaired. Run the same command again: what is repaired already"
                      + " is found alike. What the target had of it is in "
                      + undoFile
                      + '.');
      int code = ExitCode.FAILED;
      try {
        RepairReport last = runner.run(report -> tell(report, reports, printer));
        printer.summary(last, arguments.spec().dryRun(), undoFile);
        if (last.keys(RepairCourse.LEAVE) > 0 && !arguments.spec().deletesExtra()) {
          out.println("LEAVE: only the target has them. --delete-extra removes them.");
          out.flush();
        }
        if (results != null && last.phase() != RepairPhase.FAILED) {
          results.flush();
        }
        code = exitCode(last, arguments.spec().dryRun());
      } finally {
        signal.ended(code);
      }
      return code;
    }
  }

  /** Before anything is asked: it is made with the first value. */
  private void refuseNoFolder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
      throw FileTrouble.of(command, "--undo-file", file, new NoSuchFileException(file.toString()));
    }
  }

  /** What a console asks for while somebody waits. */
  private int plan() {
    PrintWriter out = command.commandLine().getOut();
    RepairPlanSpec spec;
    try {
      spec = Foreground.repairPlanSpec(specInput.read(System.in));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--spec: " + e.getMessage() + ".", e);
    }
    RepairReport end = Foreground.planRepair(spec, key -> out.println(Foreground.line(key)));
    out.println(Foreground.line(end));
    out.flush();
    return end.fault() == null ? ExitCode.DONE : FaultText.exitCode(end.fault());
  }

  private static void tell(RepairedKey key, JsonLines file, RepairPrinter printer) {
    printer.accept(key);
    if (file != null) {
      file.write(key);
    }
  }

  private static void tell(RepairReport report, ReportLines file, RepairPrinter printer) {
    printer.accept(report);
    file.write(report);
  }

  private int exitCode(RepairReport last, boolean dryRun) {
    return switch (last.phase()) {
      case DONE -> dryRun || isWhole(last) ? ExitCode.DONE : ExitCode.FOUND;
      case STOPPED -> ExitCode.STOPPED;
      default -> {
        FaultText.tell(command.commandLine(), last.fault());
        yield FaultText.exitCode(last.fault());
      }
    };
  }

  private static boolean isWhole(RepairReport last) {
    return last.keys(RepairCourse.FAIL) == 0
        && last.keys(RepairCourse.LEAVE) == 0
        && (last.check() == null || last.check().differentKeys() == 0);
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
