package io.cachesync.agent.sync;

import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.SyncSpec;
import java.util.List;

/** Divides among the links of a job what was given for the job. */
final class Shares {
  private static final long LEAST_RELAY_MEMORY = 1 << 20;

  private final int links;

  Shares(int links) {
    this.links = links;
  }

  LimitSpec of(LimitSpec limits) {
    return new LimitSpec(share(limits.bytesPerSecond()), share(limits.commandsPerSecond()));
  }

  /** The relay log on disk has no limit of its own where none was given for the job. */
  SyncSpec of(SyncSpec job) {
    return job.but()
        .limits(of(job.limits()))
        .relayMemoryBytes(Math.max(LEAST_RELAY_MEMORY, job.relayMemoryBytes() / links))
        .relayMaxBytes(share(job.relayMaxBytes()))
        .moreSources(List.of())
        .continuousKeys(0)
        .slots("")
        .parallelFullSyncs(0)
        .build();
  }

  /** Nothing stays nothing, and is no limit; a limit stays one. */
  private long share(long ofJob) {
    return ofJob == 0 ? 0 : Math.max(1, ofJob / links);
  }
}
