package io.cachesync.agent.cli;

import io.cachesync.agent.job.Foreground;
import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.PrecheckSpec;
import io.cachesync.contract.Severity;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.SyncSpec;
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
      "Ends with 0 where it may, with 3 where something blocks it."
    })
final class PrecheckCommand implements Callable<Integer> {
  @Mixin private SpecInput specInput;
  @Mixin private SourceOptions source;
  @Mixin private TargetOptions target;

  @Option(
      names = "--task",
      defaultValue = "precheck",
      paramLabel = "NAME",
      description = "Name of the task whose keys at the target are its own.")
  private String task;

  @Option(
      names = "--include-db",
      split = ",",
      paramLabel = "N",
      description = "Databases to move (default: all).")
  private List<Integer> databases = List.of();

  @Option(
      names = "--on-exists",
      defaultValue = "refuse",
      paramLabel = "refuse|replace",
      description = "What to do with a target that is not empty (default: ${DEFAULT-VALUE}).")
  private ConflictPolicy onExists;

  @Option(
      names = "--work-dir",
      defaultValue = ".",
      paramLabel = "DIR",
      description = "Folder that would hold the relay log (default: the current one).")
  private Path workFolder;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (!Files.isDirectory(workFolder)) {
      throw new ParameterException(
          spec.commandLine(), "--work-dir: there is no folder " + workFolder + ".");
    }
    PrintWriter out = spec.commandLine().getOut();
    Consumer<PrecheckFinding> printer =
        specInput.isGiven()
            ? finding -> out.println(Foreground.line(finding))
            : finding -> print(out, finding);
    Severity gravest =
        Foreground.precheck(
            precheckSpec(),
            workFolder,
            finding -> {
              printer.accept(finding);
              out.flush();
            });
    return gravest == Severity.BLOCK ? ExitCode.FOUND : ExitCode.DONE;
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
    EndpointArguments from = source.read();
    EndpointArguments to = target.read();
    List<Integer> chosen =
        from.database().isPresent() ? List.of(from.database().getAsInt()) : databases;
    SyncSpec sync =
        new SyncSpec(
            task,
            0,
            from.endpoint(),
            to.endpoint(),
            SyncMode.SYNC,
            new FilterSpec(chosen, false),
            onExists,
            LimitSpec.none(),
            false,
            SyncSpec.DEFAULT_EXPIRY_GRACE_MILLIS,
            0,
            0,
            "",
            0);
    return new PrecheckSpec(sync, new JobSecrets("", from.password(), to.password()), 0, List.of());
  }

  /** State in words, then what was found, what to do, and what to copy. */
  private static void print(PrintWriter out, PrecheckFinding finding) {
    String state = finding.severity().name().toLowerCase(Locale.ROOT);
    out.printf("%-7s %s%n", state, finding.summary());
    if (!finding.remedy().isEmpty()) {
      out.printf("        %s%n", finding.remedy());
    }
    if (!finding.command().isEmpty()) {
      out.printf("        > %s%n", finding.command());
    }
  }
}
