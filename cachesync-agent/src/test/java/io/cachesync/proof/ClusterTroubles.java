package io.cachesync.proof;

import io.cachesync.proof.Trouble.Step;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import java.util.List;

/**
 * Troubles that only clusters have.
 *
 * @param node the master that has them
 * @param wire the one to it
 */
record ClusterTroubles(
    ClusterTarget target, RedisServer node, FaultProxy wire, SourceWriters writer) {
  private static final int BURST = 700;
  private static final int MOST_SLOTS = 3;

  void make(Step step) {
    switch (step.trouble()) {
      case FROZEN_NODE -> {
        node.freeze();
        Pause.millis(step.millis(50, 1500));
        node.thaw();
      }
      case MOVED_SLOTS -> moveSlots(step);
      case FAILED_OVER -> {
        List<RedisServer> replicas = cluster().replicas();
        cluster().failOver(replicas.get(step.oneOf(replicas.size())));
      }
      case LOST_WRITES -> loseWrites(step.millis(20, 300));
      case CUT_IN_ROUND -> {
        wire.stall();
        writer.flushInTheMiddle();
        writer.burst(BURST / 4);
        writer.burstOfReplacing(BURST);
        Pause.millis(60);
        wire.cutAfter(step.millis(1, 60_000));
        wire.resume();
        Pause.millis(200);
        wire.cutAfter(Long.MAX_VALUE);
      }
      default -> throw new IllegalArgumentException("none of a cluster: " + step);
    }
  }

  /** Slots in which there is something; some of them are our own keys'. */
  private void moveSlots(Step step) {
    List<RedisServer> masters = target.masters();
    RedisServer to = masters.get((masters.indexOf(node) + 1) % masters.size());
    List<Object> keys;
    try (RespClient client = node.client()) {
      keys = client.list("KEYS", "*");
    }
    for (int i = 0; i < Math.min(MOST_SLOTS, keys.size()); i++) {
      Object key = keys.get((step.oneOf(keys.size()) + i) % keys.size());
      int slot = ClusterServers.slot((String) key);
      if (cluster().ownerOf(slot) == node) {
        cluster().moveSlot(slot, to);
      }
    }
  }

  private void loseWrites(long acknowledgingMillis) {
    cluster()
        .takeOverWithout(
            node,
            () -> {
              writer.flushInTheMiddle();
              writer.burst(BURST);
              Pause.millis(acknowledgingMillis);
            });
  }

  private ClusterServers cluster() {
    return target.cluster();
  }
}
