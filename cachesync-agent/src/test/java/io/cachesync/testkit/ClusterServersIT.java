package io.cachesync.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The cluster that tests run on does what they think it does. */
class ClusterServersIT {
  private static final String KEY = "{user}x";
  private static final int SLOT = 5474;

  @ParameterizedTest
  @EnumSource(names = {"V3_2", "V7_4"})
  void movesASlotAndAsksMeanwhile(ServerVersion version) {
    try (ClusterServers cluster = new ClusterServers(version, 3).start()) {
      assertThat(ClusterServers.slot(KEY)).isEqualTo(SLOT);
      RedisServer from = cluster.ownerOf(SLOT);
      RedisServer to = cluster.masters().get(0);
      assertThat(from).isSameAs(cluster.masters().get(1));
      try (RespClient client = from.client()) {
        client.call("SET", KEY, "1");
        cluster.beginMove(SLOT, to);
        assertThat(client.text("GET", KEY)).isEqualTo("1");
        assertThat(cluster.moveKeys(SLOT, to, 10)).isEqualTo(1);
        assertThatThrownBy(() -> client.call("GET", KEY)).hasMessageStartingWith("ASK " + SLOT);
        cluster.endMove(SLOT, to);
        assertThatThrownBy(() -> client.call("GET", KEY)).hasMessageStartingWith("MOVED " + SLOT);
      }
      assertThat(cluster.ownerOf(SLOT)).isSameAs(to);
      try (RespClient client = to.client()) {
        assertThat(client.text("GET", KEY)).isEqualTo("1");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = "V7_0")
  void failsOverToAReplica(ServerVersion version) {
    try (ClusterServers cluster = new ClusterServers(version, 3, 1).start()) {
      assertThat(cluster.masters()).hasSize(3);
      assertThat(cluster.replicas()).hasSize(3);
      RedisServer replica = cluster.replicas().get(0);
      cluster.failOver(replica);
      assertThat(cluster.masters()).hasSize(3).contains(replica);
    }
  }
}
