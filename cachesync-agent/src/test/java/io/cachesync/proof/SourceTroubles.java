package io.cachesync.proof;

import io.cachesync.proof.Trouble.Step;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import java.util.List;

/** Troubles of a source that is a cluster. */
record SourceTroubles(ProofSource.Cluster source, Engines engines, SourceWriters writer) {
  private static final int BURST = 700;

  void make(Step step) {
    List<RedisServer> masters = source.masters();
    RedisServer master = masters.get(step.oneOf(masters.size()));
    ClusterServers cluster = source.cluster();
    switch (step.trouble()) {
      case SOURCE_FROZEN -> {
        master.freeze();
        Pause.millis(step.millis(50, 700));
        master.thaw();
      }
      case SOURCE_FAILED_OVER -> {
        List<RedisServer> replicas = cluster.replicas();
        cluster.failOver(replicas.get(step.oneOf(replicas.size())));
      }
      case SOURCE_LOST_WRITES ->
          cluster.takeOverWithout(
              master,
              () -> {
                writer.burst(BURST);
                Pause.millis(step.millis(20, 300));
              });
      default -> throw new IllegalArgumentException("none of a source: " + step);
    }
    cluster.awaitAgreement();
  }
}
