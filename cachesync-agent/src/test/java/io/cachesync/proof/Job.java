package io.cachesync.proof;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.SyncSpec;
import java.util.List;

/**
 * The job that every start of a seed runs.
 *
 * @param onExists what becomes of keys that the target has
 * @param leavesOut whether commands are left out; none of these is ever sent, so that both sides
 *     must be equal all the same
 */
record Job(ConflictPolicy onExists, boolean leavesOut) {
  private static final List<String> NEVER_SENT = List.of("GEOSEARCHSTORE");

  SyncSpec spec(Wires wires, Pair pair, boolean afresh) {
    List<RedisEndpoint> sources = pair.source().endpoints(wires);
    ProofTarget target = pair.target();
    return SyncSpec.of("proof", sources.get(0), target.endpoint(wires))
        .moreSources(sources.subList(1, sources.size()))
        .filter(filter(target.filter()))
        .onExists(onExists)
        .afresh(afresh)
        .expiryGraceMillis(wires.graceMillis())
        // A small ring, so that what waits soon lies on disk alone.
        .relayMemoryBytes(64 << 10)
        .relayMaxBytes(1L << 30)
        .build();
  }

  private FilterSpec filter(FilterSpec of) {
    return leavesOut
        ? new FilterSpec(
            of.databases(), null, null, null, null, null, null, NEVER_SENT, null, of.publish())
        : of;
  }
}
