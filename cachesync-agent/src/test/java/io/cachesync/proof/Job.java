package io.cachesync.proof;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.FaultProxy;
import java.util.List;

/** The job that every start of a seed runs. */
final class Job {
  private Job() {}

  static SyncSpec spec(Wires wires, FilterSpec filter) {
    return new SyncSpec(
        "proof",
        0,
        endpoint(List.of(wires.source())),
        endpoint(wires.targets()),
        SyncMode.SYNC,
        filter,
        ConflictPolicy.REFUSE,
        LimitSpec.none(),
        false,
        wires.graceMillis(),
        // A small ring, so that what waits soon lies on disk alone.
        64 << 10,
        1L << 30,
        "",
        0,
        false);
  }

  private static RedisEndpoint endpoint(List<FaultProxy> wires) {
    List<String> addresses = wires.stream().map(wire -> "127.0.0.1:" + wire.port()).toList();
    return new RedisEndpoint(Topology.STANDALONE, addresses, "", null);
  }
}
