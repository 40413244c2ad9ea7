package io.cachesync.agent.cli;

import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.SyncSpec;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What is compared and how. */
final class CheckOptions {
  /** The modes that can be typed. */
  enum Mode {
    FULL(CheckMode.FULL),
    LENGTH(CheckMode.LENGTH),
    OUTLINE(CheckMode.OUTLINE),
    SMART(CheckMode.SMART);

    private final CheckMode mode;

    Mode(CheckMode mode) {
      this.mode = mode;
    }
  }

  @Mixin private SourceOptions source;
  @Mixin private TargetOptions target;
  @Mixin private FilterOptions filter;

  @Option(
      names = "--mode",
      paramLabel = "full|length|outline|smart",
      defaultValue = "FULL",
      description = {
        "What is compared besides existence, type and time to live: the whole value (full,"
            + " default); how long it is (length); nothing (outline); the whole of small values"
            + " and the length of those from --big on (smart)."
      })
  private Mode mode;

  @Option(
      names = "--big",
      paramLabel = "N",
      defaultValue = "" + CheckSpec.DEFAULT_BIG_KEY_ELEMENTS,
      description =
          "With --mode smart: elements, of a string bytes, that make a value big (default:"
              + " ${DEFAULT-VALUE}).")
  private long bigElements;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "" + CheckSpec.DEFAULT_ROUNDS,
      description = {
        "Rounds (default: ${DEFAULT-VALUE}). The first reads all keys, each further one what"
            + " differed in the one before. A difference is told where the last two rounds saw it"
            + " in the same way: so writes in flight do not count. With 1 they do."
      })
  private int rounds;

  @Option(
      names = "--pause",
      paramLabel = "S",
      defaultValue = "2",
      description =
          "Seconds between two rounds (default: ${DEFAULT-VALUE}). Longer than the target's lag.")
  private double pauseSeconds;

  @Option(
      names = "--sample",
      paramLabel = "PERCENT",
      defaultValue = "100",
      description =
          "Only this share of the keys, chosen by their hash: the same ones each time (default:"
              + " ${DEFAULT-VALUE}).")
  private double samplePercent;

  @Option(
      names = "--ttl-tolerance",
      paramLabel = "MS",
      defaultValue = "" + CheckSpec.DEFAULT_TTL_TOLERANCE_MILLIS,
      description =
          "Milliseconds by which keys may expire at different times (default: ${DEFAULT-VALUE};"
              + " at least 1000, by which a sync lets them live longer).")
  private long ttlToleranceMillis;

  @Option(
      names = "--both-directions",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Also look for keys that only the target has (default: yes).")
  private boolean bothDirections;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "" + CheckSpec.DEFAULT_PARALLEL,
      description =
          "Batches that are compared at a time, each with a connection to both sides (default:"
              + " ${DEFAULT-VALUE}).")
  private int parallel;

  @Option(
      names = "--limit-commands",
      paramLabel = "N",
      defaultValue = "0",
      description = "At most so many commands a second to each side (default: no limit).")
  private long limitCommands;

  @Option(
      names = "--limit-mb",
      paramLabel = "N",
      defaultValue = "0",
      description = "At most so many megabytes a second from each side (default: no limit).")
  private double limitMegabytes;

  @Spec(Target.MIXEE)
  private CommandSpec command;

  /** What was typed, checked. */
  Arguments read() {
    List<EndpointArguments> sources = source.readAlike("compared");
    EndpointArguments from = sources.get(0);
    EndpointArguments to = target.read();
    refuseNumbers();
    try {
      LimitSpec limits = new LimitSpec((long) (limitMegabytes * 1e6), limitCommands);
      CheckSpec spec =
          CheckSpec.between(from.endpoint(), to.endpoint())
              .moreSources(sources.stream().skip(1).map(EndpointArguments::endpoint).toList())
              .mode(mode.mode)
              .filter(filter.read(from))
              .rounds(rounds)
              .pauseMillis((long) (pauseSeconds * 1000))
              .samplePercent(samplePercent)
              .ttlToleranceMillis(ttlToleranceMillis)
              .bothDirections(bothDirections)
              .parallel(parallel)
              .bigKeyElements(bigElements)
              .sourceLimits(limits)
              .targetLimits(limits)
              .build();
      return new Arguments(spec, secrets(sources, to.secrets()));
    } catch (IllegalArgumentException e) {
      throw refused(e.getMessage());
    }
  }

  /** By their options: the spec names them otherwise, and takes 0 as its default. */
  private void refuseNumbers() {
    new Numbers(command)
        .atLeast(1, "--rounds", rounds)
        .within(1, CheckSpec.MAX_PARALLEL, "--parallel", parallel)
        .within(CheckSpec.MIN_SAMPLE_PERCENT, 100, "--sample", samplePercent)
        .atLeast(0, "--pause", pauseSeconds)
        .atLeast(0, "--big", bigElements)
        .megabytes("--limit-mb", limitMegabytes)
        .atLeast(0, "--limit-commands", limitCommands);
    if (ttlToleranceMillis < SyncSpec.DEFAULT_EXPIRY_GRACE_MILLIS) {
      throw refused(
          "--ttl-tolerance is in milliseconds and at least %d, not %d"
              .formatted(SyncSpec.DEFAULT_EXPIRY_GRACE_MILLIS, ttlToleranceMillis));
    }
  }

  private static JobSecrets secrets(List<EndpointArguments> sources, EndpointSecrets to) {
    return JobSecrets.of(sources.stream().map(EndpointArguments::secrets).toList(), to);
  }

  private ParameterException refused(String why) {
    return new ParameterException(command.commandLine(), why + ".");
  }

  /** What was typed. */
  record Arguments(CheckSpec spec, JobSecrets secrets) {
    @Override
    public String toString() {
      return "Arguments[passwords masked]";
    }
  }
}
