package io.cachesync.proof;

import io.cachesync.proof.Trouble.Step;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Troubles that only clusters have.
 *
 * @param node the master that has them
 * @param wire the one to it
 */
record ClusterTroubles(
    ClusterTarget target, RedisServer node, FaultProxy wire, SourceWriter writer) {
  private static final int BURST = 700;
  private static final int MOST_SLOTS = 3;
  private static final Duration TAKE_OVER = Duration.ofSeconds(8);

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

  /** The replica stands still while its connection ends, so that it does not ask for the rest. */
  private void loseWrites(long acknowledgingMillis) {
    RedisServer replica =
        cluster().replicas().stream().filter(this::followsNode).findFirst().orElseThrow();
    replica.freeze();
    try (RespClient client = node.client()) {
      client.call("CLIENT", "KILL", "TYPE", "replica");
    }
    writer.flushInTheMiddle();
    writer.burst(BURST);
    Pause.millis(acknowledgingMillis);
    node.freeze();
    replica.thaw();
    Pause.until(TAKE_OVER, () -> hasNoSlots(replica));
    node.thaw();
    cluster().awaitAgreement();
  }

  private boolean followsNode(RedisServer replica) {
    try (RespClient client = replica.client()) {
      return client.info("replication").get("master_port").equals(Integer.toString(node.port()));
    }
  }

  private boolean hasNoSlots(RedisServer witness) {
    String id = cluster().id(node);
    try (RespClient client = witness.client()) {
      return Arrays.stream(client.text("CLUSTER", "NODES").split("\n", -1))
          .filter(line -> line.startsWith(id))
          .allMatch(line -> line.split(" ", -1).length <= 8);
    }
  }

  private ClusterServers cluster() {
    return target.cluster();
  }
}
