package io.cachesync.agent.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ClusterConnectionsIT {
  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 3, 1).patient();

  @Test
  void readsARealMapAndFollowsAMovedSlot() throws Exception {
    ClusterMap before = read();
    assertThat(before.masters()).hasSize(3);
    assertThat(before.nodes()).hasSize(6);
    RedisServer from = CLUSTER.ownerOf(42);
    RedisServer to = CLUSTER.masters().get(2);
    assertThat(before.owner(42).address()).hasToString(from.address());
    CLUSTER.moveSlot(42, to);
    ClusterMap after = read();
    assertThat(after.owner(42).address()).hasToString(to.address());
    assertThat(after.sameOwners(before)).isFalse();
  }

  @Test
  void refusesAMapThatNodesDisagreeOn() throws Exception {
    RedisServer from = CLUSTER.ownerOf(9_000);
    RedisServer to = CLUSTER.masters().stream().filter(node -> node != from).findFirst().get();
    // A node takes a slot for its own that another one has, under an epoch that is not newer.
    try (RespClient client = from.client()) {
      client.call("CLUSTER", "SETSLOT", "9000", "NODE", CLUSTER.id(to));
      assertThatThrownBy(ClusterConnectionsIT::read)
          .isInstanceOfSatisfying(
              RedisException.class,
              e -> {
                Fault fault = e.fault();
                assertThat(fault.code()).isEqualTo(FaultCode.CLUSTER_DOWN);
                assertThat(fault.retryable()).isTrue();
              });
    } finally {
      CLUSTER.endMove(9_000, to);
    }
  }

  @Test
  void refusesAMapWithASlotThatIsBeingMoved() {
    RedisServer to = CLUSTER.masters().get(2);
    CLUSTER.beginMove(77, to);
    try {
      assertThatThrownBy(ClusterConnectionsIT::read).hasMessageContaining("slot 77");
    } finally {
      CLUSTER.endMove(77, to);
    }
  }

  @Test
  void hashesAsTheServerDoes() {
    Random random = new Random(4);
    try (RespClient client = CLUSTER.nodes().get(0).client()) {
      for (int i = 0; i < 2_000; i++) {
        byte[] key = new byte[random.nextInt(24)];
        random.nextBytes(key);
        for (int brace = random.nextInt(4); brace > 0 && key.length > 0; brace--) {
          key[random.nextInt(key.length)] = (byte) (random.nextBoolean() ? '{' : '}');
        }
        String text = new String(key, StandardCharsets.ISO_8859_1);
        long slot = client.number("CLUSTER", "KEYSLOT", text);
        assertThat(HashSlot.of(key)).describedAs("%s", text).isEqualTo((int) slot);
        assertThat(ClusterServers.slot(text)).isEqualTo((int) slot);
      }
    }
  }

  private static ClusterMap read() throws RedisException {
    RedisClient client =
        new RedisClient(new RedisEndpoint(Topology.CLUSTER, CLUSTER.addresses(), "", null), "");
    try (ClusterConnections connections = ClusterConnections.open(client, List.of())) {
      return connections.map();
    }
  }
}
