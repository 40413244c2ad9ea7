package io.cachesync.agent.cli;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.UnsupportedPolicy;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What is moved and how. */
final class SyncOptions {
  private enum OnExists {
    REFUSE,
    REPLACE,
    SKIP,
    FAIL
  }

  private enum OnUnsupported {
    STOP,
    SKIP
  }

  @Mixin private SourceOptions source;
  @Mixin private TargetOptions target;
  @Mixin private TaskOption task;

  @Mixin private FilterOptions filter;

  @Option(
      names = "--on-exists",
      paramLabel = "refuse|replace|skip|fail",
      defaultValue = "REFUSE",
      description = {
        "A target that is not empty: refuse to start with exit code 3 (default), or begin, and"
            + " where it has a key of the source already, replace its value, skip the key for"
            + " good, or fail."
      })
  private OnExists onExists;

  @Option(
      names = "--on-unsupported",
      paramLabel = "stop|skip",
      defaultValue = "STOP",
      description = {
        "What the target's version has no place for (streams below 5.0, times of hash fields below"
            + " 7.4, functions below 7.0): stop with VERSION_TOO_OLD (default), or leave it out,"
            + " count it and list it."
      })
  private OnUnsupported onUnsupported;

  @Option(names = "--full-only", description = "End after the full sync.")
  private boolean fullOnly;

  @Option(
      names = "--limit-mb",
      defaultValue = "0",
      paramLabel = "N",
      description = "At most so many megabytes a second (default: no limit).")
  private double limitMegabytes;

  @Option(
      names = "--limit-commands",
      defaultValue = "0",
      paramLabel = "N",
      description = "At most so many commands a second (default: no limit).")
  private long limitCommands;

  @Option(
      names = "--relay-max-mb",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "Megabytes that may wait on disk for a slow target (default: half of the free disk).")
  private long relayMaxMegabytes;

  @Option(
      names = "--parallel-full-syncs",
      defaultValue = "4",
      paramLabel = "N",
      description = {
        "Copy at most so many shards or sources at once (default: ${DEFAULT-VALUE}), so that not"
            + " all of them fork for their snapshots together. The others wait in the phase"
            + " FULL_SYNC_QUEUED."
      })
  private int parallelFullSyncs;

  @Option(
      names = "--afresh",
      description =
          "Forget what was done and begin with a full sync. The target has to be empty then, or"
              + " --on-exists given.")
  private boolean afresh;

  @Option(
      names = "--accept-evictions",
      description =
          "Go on where the target evicts keys of any kind (default: stop with TARGET_EVICTS).")
  private boolean acceptEvictions;

  @Option(
      names = "--continuous-check",
      arity = "0..1",
      fallbackValue = "1000",
      defaultValue = "0",
      paramLabel = "N",
      description = {
        "Compare the keys that the stream touches while it runs, at most N a second (default: none;"
            + " without N: ${FALLBACK-VALUE}). Keys that differ are named in the log."
      })
  private long continuousKeys;

  @Option(
      names = "--slots",
      paramLabel = "RANGES",
      defaultValue = "",
      description = {
        "Copy only those shards of a source cluster that have these slots, such as"
            + " 0-5460,10923-16383 (default: all). Other machines copy the others with the same"
            + " --task, and none begins before all are there. Into an empty target only."
      })
  private String slots;

  @Spec(Target.MIXEE)
  private CommandSpec command;

  /** Both ends and what is to be done. */
  SyncArguments read() {
    List<EndpointArguments> from = source.readAlike("moved");
    EndpointArguments to = target.read();
    refuseSources(from);
    new Numbers(command)
        .megabytes("--limit-mb", limitMegabytes)
        .atLeast(0, "--limit-commands", limitCommands)
        .megabytes("--relay-max-mb", relayMaxMegabytes)
        .atLeast(0, "--continuous-check", continuousKeys)
        .atLeast(1, "--parallel-full-syncs", parallelFullSyncs);
    if (!slots.isEmpty() && !task.isGiven()) {
      throw refused("--slots: give the jobs that belong together the same --task NAME");
    }
    List<EndpointArguments> more = from.subList(1, from.size());
    SyncSpec spec =
        SyncSpec.of(task.nameFor(from, to), from.get(0).endpoint(), to.endpoint())
            .moreSources(more.stream().map(EndpointArguments::endpoint).toList())
            .mode(fullOnly ? SyncMode.FULL_ONLY : SyncMode.SYNC)
            .filter(filter.read(from.get(0)))
            .onExists(ConflictPolicy.valueOf(onExists.name()))
            .limits(new LimitSpec((long) (limitMegabytes * 1e6), limitCommands))
            .afresh(afresh)
            .relayMaxBytes(relayMaxMegabytes * 1_000_000)
            .acceptEvictions(acceptEvictions)
            .onUnsupported(
                onUnsupported == OnUnsupported.SKIP
                    ? UnsupportedPolicy.SKIP
                    : UnsupportedPolicy.STOP)
            .continuousKeys(continuousKeys)
            .parallelFullSyncs(parallelFullSyncs)
            .build();
    return new SyncArguments(
        ofSlots(spec),
        JobSecrets.of(from.stream().map(EndpointArguments::secrets).toList(), to.secrets()));
  }

  private SyncSpec ofSlots(SyncSpec spec) {
    try {
      return slots.isEmpty() ? spec : spec.ofSlots(slots);
    } catch (IllegalArgumentException e) {
      throw refused("--slots: " + e.getMessage());
    }
  }

  /** What can be told of several before any of them is asked. */
  private void refuseSources(List<EndpointArguments> from) {
    if (from.size() > 1 && onExists != OnExists.REFUSE) {
      throw refused("several sources need an empty target: --on-exists does not go with them");
    }
  }

  private ParameterException refused(String why) {
    return new ParameterException(command.commandLine(), why + ".");
  }
}
