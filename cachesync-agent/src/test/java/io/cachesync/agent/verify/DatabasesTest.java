package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatabasesTest {
  @Test
  void aClusterHasOneWhateverElseTheTargetHolds() throws Exception {
    Side cluster = side(Topology.CLUSTER, 0);
    Side target = side(Topology.STANDALONE, 0, 3);
    assertThat(Databases.of(FilterSpec.everything(), List.of(cluster), target).source())
        .containsExactly(0);
  }

  @Test
  void keysThatOnlyTheTargetHasAreLookedForInAllOfItsDatabases() throws Exception {
    Side source = side(Topology.STANDALONE, 0);
    Side target = side(Topology.STANDALONE, 0, 3);
    assertThat(Databases.of(FilterSpec.everything(), List.of(source), target).source())
        .containsExactly(0, 3);
  }

  private static Side side(Topology topology, int... databases) {
    RedisEndpoint endpoint = new RedisEndpoint(topology, List.of("127.0.0.1:1"), "", null);
    Side side = new Side("side", new RedisClient(endpoint, ""), LimitSpec.none());
    for (int database : databases) {
      side.keysPerDatabase().put(database, 1L);
    }
    return side;
  }
}
