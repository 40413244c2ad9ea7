package io.cachesync.proof;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.SyncSpec;
import java.util.List;

/** The job that every start of a seed runs. */
final class Job {
  private Job() {}

  static SyncSpec spec(Wires wires, Pair pair, boolean afresh, ConflictPolicy onExists) {
    List<RedisEndpoint> sources = pair.source().endpoints(wires);
    ProofTarget target = pair.target();
    return SyncSpec.of("proof", sources.get(0), target.endpoint(wires))
        .moreSources(sources.subList(1, sources.size()))
        .filter(target.filter())
        .onExists(onExists)
        .afresh(afresh)
        .expiryGraceMillis(wires.graceMillis())
        // A small ring, so that what waits soon lies on disk alone.
        .relayMemoryBytes(64 << 10)
        .relayMaxBytes(1L << 30)
        .build();
  }
}
