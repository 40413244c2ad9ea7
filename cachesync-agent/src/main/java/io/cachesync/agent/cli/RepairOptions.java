package io.cachesync.agent.cli;

import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.RepairSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What is repaired and how. */
final class RepairOptions {
  @Mixin private SourceOptions source;
  @Mixin private TargetOptions target;
  @Mixin private FilterOptions filter;

  @Option(
      names = "--delete-extra",
      description =
          "Remove keys that only the target has, where the source still does not have them"
              + " (default: leave them).")
  private boolean deleteExtra;

  @Option(names = "--dry-run", description = "Tell what would be done, and write nothing.")
  private boolean dryRun;

  @Option(
      names = "--task",
      paramLabel = "NAME",
      description = {
        "Let the task of this name do it, whose sync runs on this host: in its lanes, so that"
            + " writes that come meanwhile are neither lost nor overtaken. Needed where a task"
            + " moves into the same databases."
      })
  private String task;

  @Option(
      names = "--work-dir",
      paramLabel = "DIR",
      description = "The same, where the sync was given a --work-dir.")
  private Path workDir;

  @Option(
      names = "--check",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Compare what was repaired afterwards (default: yes).")
  private boolean check;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "" + CheckSpec.DEFAULT_ROUNDS,
      description = "Rounds of that (default: ${DEFAULT-VALUE}, at least 2).")
  private int rounds;

  @Option(
      names = "--pause",
      paramLabel = "S",
      defaultValue = "2",
      description = "Seconds between two rounds (default: ${DEFAULT-VALUE}).")
  private double pauseSeconds;

  @Option(
      names = "--limit-commands",
      paramLabel = "N",
      defaultValue = "0",
      description = "At most so many keys a second, without a task (default: no limit).")
  private long limitCommands;

  @Option(
      names = "--limit-mb",
      paramLabel = "N",
      defaultValue = "0",
      description = "At most so many megabytes a second, without a task (default: no limit).")
  private double limitMegabytes;

  @Spec(Target.MIXEE)
  private CommandSpec command;

  /** What was typed, checked. */
  Arguments read() {
    List<EndpointArguments> sources = source.readAlike("repaired");
    EndpointArguments from = sources.get(0);
    EndpointArguments to = target.read();
    if (rounds < 2) {
      throw refused("--rounds: one round does not tell what is being written; give 2 or more");
    }
    new Numbers(command)
        .atLeast(0, "--pause", pauseSeconds)
        .megabytes("--limit-mb", limitMegabytes)
        .atLeast(0, "--limit-commands", limitCommands);
    try {
      LimitSpec limits = new LimitSpec((long) (limitMegabytes * 1e6), limitCommands);
      CheckSpec spec =
          CheckSpec.between(from.endpoint(), to.endpoint())
              .moreSources(sources.stream().skip(1).map(EndpointArguments::endpoint).toList())
              .mode(CheckMode.FULL)
              .filter(filter.read(from))
              .rounds(rounds)
              .pauseMillis((long) (pauseSeconds * 1000))
              .samplePercent(100)
              .bothDirections(true)
              .sourceLimits(limits)
              .targetLimits(limits)
              .build();
      JobSecrets secrets =
          JobSecrets.of(sources.stream().map(EndpointArguments::secrets).toList(), to.secrets());
      return new Arguments(new RepairSpec(spec, deleteExtra, dryRun, within(), "", check), secrets);
    } catch (IllegalArgumentException e) {
      throw refused(e.getMessage());
    }
  }

  private String within() {
    if (workDir == null && task == null) {
      return "";
    }
    Path folder =
        workDir == null
            ? Path.of(System.getProperty("user.home"), ".cachesync", "agent", task)
            : workDir;
    if (!Files.isDirectory(folder)) {
      throw refused("no sync was ever started in " + folder);
    }
    return folder.toAbsolutePath().toString();
  }

  private ParameterException refused(String why) {
    return new ParameterException(command.commandLine(), why + ".");
  }

  /** What was typed. */
  record Arguments(RepairSpec spec, JobSecrets secrets) {
    @Override
    public String toString() {
      return "Arguments[passwords masked]";
    }
  }
}
