package io.cachesync.agent.sync;

import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.SyncSpec;

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
    return new SyncSpec(
        job.task(),
        job.jobNumber(),
        job.source(),
        job.target(),
        job.mode(),
        job.filter(),
        job.onExists(),
        of(job.limits()),
        job.afresh(),
        job.expiryGraceMillis(),
        Math.max(LEAST_RELAY_MEMORY, job.relayMemoryBytes() / links),
        share(job.relayMaxBytes()),
        job.keyPrefix(),
        job.lagBoundMillis(),
        job.acceptEvictions(),
        job.onUnsupported());
  }

  /** Nothing stays nothing, and is no limit; a limit stays one. */
  private long share(long ofJob) {
    return ofJob == 0 ? 0 : Math.max(1, ofJob / links);
  }
}
