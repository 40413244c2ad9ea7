package io.cachesync.proof;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.SyncSpec;
import java.util.List;

/** The job that every start of a seed runs. */
final class Job {
  private Job() {}

  static SyncSpec spec(Wires wires, Pair pair, boolean afresh, ConflictPolicy onExists) {
    List<RedisEndpoint> sources = pair.source().endpoints(wires);
    ProofTarget target = pair.target();
    return new SyncSpec(
        "proof",
        0,
        sources.get(0),
        target.endpoint(wires),
        SyncMode.SYNC,
        target.filter(),
        onExists,
        LimitSpec.none(),
        afresh,
        wires.graceMillis(),
        // A small ring, so that what waits soon lies on disk alone.
        64 << 10,
        1L << 30,
        "",
        0,
        false,
        null,
        sources.subList(1, sources.size()));
  }
}
