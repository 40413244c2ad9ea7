package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A source behind one plain address that leads to its replica from one moment on, and the replica
 * never had the last writes: what every slot of a target has of them is fetched again.
 */
class LostWritesIT {
  private static final int KEYS = 600;

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 3);

  private RedisServer master;
  private RedisServer replica;
  private FaultProxy address;

  @BeforeEach
  void start() {
    CLUSTER.flush();
    master = new RedisServer(ServerVersion.V7_0).option("repl-backlog-size", "64mb").start();
    replica =
        new RedisServer(ServerVersion.V7_0)
            .option("repl-backlog-size", "64mb")
            .option("replicaof", "127.0.0.1 " + master.port())
            .start();
    address = new FaultProxy(master.port());
  }

  @AfterEach
  void end() {
    address.close();
    replica.close();
    master.close();
  }

  @Test
  void areFetchedAgainAtOneServer() {
    try (RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RunningLink link = new RunningLink.Setup(atAddress(), target.address()).start()) {
      lose(link);
      promote();
      writeOn();
      finish(link);
      assertThat(link.healed(HealReason.SOURCE_FAILED_OVER)).isGreaterThanOrEqualTo(KEYS);
      DatasetComparer.assertEqual(replica, target);
    }
  }

  @Test
  void areFetchedAgainAtEverySlot() {
    try (RunningLink link = toCluster().start()) {
      lose(link);
      promote();
      writeOn();
      finish(link);
      assertThat(link.healed(HealReason.SOURCE_FAILED_OVER))
          .as("%s", link.said())
          .isGreaterThanOrEqualTo(KEYS);
      assertThat(DatasetComparer.compare(replica, CLUSTER)).isEmpty();
    }
  }

  /** At last with slots in the new history and a watermark in the former one. */
  @Test
  void areFetchedAgainWhereTheAgentIsKilledMeanwhile() {
    RedisServer behind = CLUSTER.masters().get(1);
    try (FaultProxy proxy = new FaultProxy(behind.port())) {
      RunningLink.Setup setup = toCluster();
      setup.target =
          new RedisEndpoint(
              Topology.CLUSTER,
              CLUSTER.addresses(),
              "",
              null,
              Map.of(behind.address(), "127.0.0.1:" + proxy.port()),
              "");
      try (RunningLink link = setup.start()) {
        lose(link);
        link.crash();
      }
      promote();
      writeOn();
      for (int kill = 0; kill < 3; kill++) {
        RunningLink link = setup.start();
        awaitSaid(link, "goes on without the last");
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(kill * 6L));
        link.crash();
      }
      proxy.holdRepliesFrom(replId(replica));
      // Where all was fetched before a kill, what is written in the new history is held.
      writeMore();
      RunningLink held = setup.start();
      Awaitility.await().until(proxy::repliesHeld);
      held.crash();
      proxy.resume();
      goOn(setup);
    }
  }

  private void goOn(RunningLink.Setup setup) {
    try (RunningLink link = setup.start()) {
      finish(link);
      assertThat(link.wasIn(Phase.FULL_SYNC)).isFalse();
      assertThat(DatasetComparer.compare(replica, CLUSTER)).isEmpty();
    }
  }

  /** Its data is of the history that was lost, and nothing tells any more what that was. */
  @Test
  void stopsWhereASlotIsSetBackToTheLostHistory() {
    String slot = Integer.toString(ClusterServers.slot("list:1"));
    RunningLink.Setup setup = toCluster();
    String key;
    String former;
    try (RunningLink link = setup.start()) {
      lose(link);
      key = checkpointOf(slot);
      former = text(slot, key);
      promote();
      writeOn();
      link.awaitCaughtUp();
      assertThat(link.stop().phase()).isEqualTo(Phase.STOPPED);
    }
    try (RespClient client = CLUSTER.ownerOf(Integer.parseInt(slot)).client()) {
      client.call("SET", key, former);
    }
    try (RunningLink link = setup.start()) {
      Fault fault = link.end().fault();
      assertThat(fault.code()).isEqualTo(FaultCode.CHECKPOINT_MISMATCH);
      assertThat(fault.message()).contains("which the source has lost behind");
    }
  }

  private static String checkpointOf(String slot) {
    try (RespClient client = CLUSTER.ownerOf(Integer.parseInt(slot)).client()) {
      return client.list("CLUSTER", "GETKEYSINSLOT", slot, "100").stream()
          .map(String.class::cast)
          .filter(key -> key.startsWith("cachesync:ckpt:"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static String text(String slot, String key) {
    try (RespClient client = CLUSTER.ownerOf(Integer.parseInt(slot)).client()) {
      return client.text("GET", key);
    }
  }

  private RunningLink.Setup toCluster() {
    RunningLink.Setup setup =
        new RunningLink.Setup(
            atAddress(), new RedisEndpoint(Topology.CLUSTER, CLUSTER.addresses(), "", null));
    setup.filter = new FilterSpec(List.of(0), false);
    return setup;
  }

  private String atAddress() {
    return "127.0.0.1:" + address.port();
  }

  /** The link applies what the replica, which stands still meanwhile, never gets. */
  private void lose(RunningLink link) {
    try (RespClient client = master.client()) {
      client.pipeline(writes("before"));
      link.awaitCaughtUp();
      long written = master.replOffset();
      Awaitility.await().until(() -> replica.replOffset() >= written);
      replica.freeze();
      client.call("CLIENT", "KILL", "TYPE", "slave");
      client.pipeline(writes("lost"));
      client.call("DEL", "string:1", "list:2");
      client.call("SUNIONSTORE", "union", "set:1", "set:2");
      link.awaitCaughtUp();
    }
  }

  private void promote() {
    address.accept(false);
    // Otherwise the replica would ask it for the rest.
    master.kill();
    replica.thaw();
    try (RespClient client = replica.client()) {
      client.call("REPLICAOF", "NO", "ONE");
    }
    address.leadTo(replica.port());
    address.accept(true);
  }

  /** At the offsets of what was lost, to other keys of the same slots; then beyond them. */
  private void writeOn() {
    try (RespClient client = replica.client()) {
      List<String[]> others = new ArrayList<>();
      for (int i = 0; i < KEYS / 4; i++) {
        others.add(new String[] {"SET", "{list:" + i + "}other", "x"});
      }
      client.pipeline(others);
      for (int time = 0; time < 4; time++) {
        client.pipeline(writes("after" + time));
      }
    }
  }

  private void writeMore() {
    try (RespClient client = replica.client()) {
      client.pipeline(writes("more"));
    }
  }

  private static List<String[]> writes(String value) {
    List<String[]> writes = new ArrayList<>();
    for (int i = 0; i < KEYS / 4; i++) {
      writes.add(new String[] {"SET", "string:" + i, value});
      writes.add(new String[] {"RPUSH", "list:" + i, value});
      writes.add(new String[] {"INCR", "counter:" + i});
      writes.add(new String[] {"SADD", "set:" + i, value});
    }
    return writes;
  }

  private void finish(RunningLink link) {
    link.awaitCaughtUp();
    assertThat(link.status().replId()).isEqualTo(replId(replica));
    assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    assertThat(link.status().ledger().balanced()).isTrue();
    assertThat(link.status().deadLetters()).isEmpty();
  }

  private static String replId(RedisServer server) {
    try (RespClient client = server.client()) {
      return client.info("replication").get("master_replid");
    }
  }

  private static void awaitSaid(RunningLink link, String part) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(1))
        .until(
            () ->
                link.link().outcome().isPresent()
                    || link.said().stream().anyMatch(line -> line.contains(part))
                    || link.status().phase() == Phase.INCREMENTAL);
  }
}
