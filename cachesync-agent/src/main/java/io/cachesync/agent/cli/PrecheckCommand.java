package io.cachesync.agent.cli;

import io.cachesync.agent.job.Foreground;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.PrecheckSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code precheck}: may this migration run? */
@Command(
    name = "precheck",
    mixinStandardHelpOptions = true,
    versionProvider = AgentVersion.class,
    description = {
      "Asks source and target whether a migration may run, and changes nothing.",
      "Ends with 0 where it may, with 3 where something blocks it, with 4 where a server cannot"
          + " be reached.",
      ""
    },
    footer = {
      "",
      "Example, with the options that sync is to be given:",
      "  cachesync-agent precheck --source redis://10.0.0.1:6379 \\",
      "    --target redis://10.0.0.2:6379"
    })
final class PrecheckCommand implements Callable<Integer> {
  @Mixin private SpecInput specInput;
  @Mixin private SyncOptions options;

  @Option(
      names = "--work-dir",
      defaultValue = ".",
      paramLabel = "DIR",
      description = "Folder that would hold the relay log (default: the current one).")
  private Path workFolder;

  @Option(
      names = "--report-file",
      paramLabel = "FILE",
      description =
          "Writes each finding as a JSON line, and a last line with the verdict, in place of what"
              + " was there.")
  private Path reportFile;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (!Files.isDirectory(workFolder)) {
      throw new ParameterException(
          spec.commandLine(), "--work-dir: there is no folder " + workFolder + ".");
    }
    PrecheckSpec asked = precheckSpec();
    FileTrouble.refuseSame(spec, "--report-file", reportFile);
    PrintWriter out = spec.commandLine().getOut();
    PrecheckVerdict verdict = new PrecheckVerdict();
    Consumer<PrecheckFinding> printer =
        specInput.isGiven()
            ? finding -> out.println(Foreground.line(finding))
            : finding -> print(out, finding);
    try (ReportLines reports = ReportLines.open(spec, reportFile)) {
      Foreground.precheck(
          asked,
          workFolder,
          finding -> {
            verdict.add(finding);
            printer.accept(finding);
            out.flush();
            reports.write(finding);
          });
      reports.write(verdict.line());
    }
    if (!specInput.isGiven()) {
      out.println(verdict.sentence());
      out.flush();
    }
    return verdict.exitCode();
  }

  private PrecheckSpec precheckSpec() {
    if (!specInput.isGiven()) {
      return fromOptions();
    }
    try {
      return Foreground.precheckSpec(specInput.read(System.in));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--spec: " + e.getMessage() + ".", e);
    }
  }

  private PrecheckSpec fromOptions() {
    SyncArguments arguments = options.read();
    return new PrecheckSpec(arguments.spec(), arguments.secrets(), 0, List.of());
  }

  /** State in words, then what was found. */
  static String line(PrecheckFinding finding) {
    String state = finding.severity().name().toLowerCase(Locale.ROOT);
    String of = finding.source().isEmpty() ? "" : finding.source() + ": ";
    return "%-7s %s%s".formatted(state, of, finding.summary());
  }

  /** State in words, then what was found, what to do, and what to copy. */
  private static void print(PrintWriter out, PrecheckFinding finding) {
    out.println(line(finding));
    String advice = Advice.of(finding);
    if (!advice.isEmpty()) {
      out.printf("        %s%n", advice);
    }
    if (!finding.command().isEmpty()) {
      out.printf("        > %s%n", finding.command());
    }
  }
}
