package io.cachesync.agent.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SampleWriterIT {
  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2", "V7_0", "V7_4"})
  void writesTheSameDataTwiceAndTricklesWithoutAnError(ServerVersion version) throws Exception {
    try (RedisServer first = new RedisServer(version).start();
        RedisServer second = new RedisServer(version).start();
        SampleWriter toFirst = SampleWriter.connect(endpoint(first), "");
        SampleWriter toSecond = SampleWriter.connect(endpoint(second), "")) {
      toFirst.fill(3_000, 7);
      toSecond.fill(3_000, 7);
      assertThat(first.digest()).isEqualTo(second.digest());
      // One behind the other, and times to live are relative.
      assertThat(DatasetComparer.compare(first, second, Duration.ofMinutes(5))).isEmpty();
      assertThat(first.keys()).isBetween(2_700L, 3_200L);

      AtomicInteger rounds = new AtomicInteger();
      long writes = toFirst.trickle(3_000, 7, 20_000, () -> rounds.incrementAndGet() < 6);
      assertThat(writes).isGreaterThan(200);
      assertThat(DatasetComparer.compare(first, second)).isNotEmpty();
      assertThat(DatasetComparer.types(first).keySet())
          .contains("string", "list", "set", "hash", "zset")
          .matches(types -> types.contains("stream") == version.atLeast(ServerVersion.V6_0));
    }
  }

  @Test
  void fillsAClusterAndTricklesWithoutAnError() throws Exception {
    try (ClusterServers cluster = new ClusterServers(ServerVersion.V7_4, 3).patient().start();
        SampleWriter writer =
            SampleWriter.connect(
                new RedisEndpoint(Topology.CLUSTER, cluster.addresses(), "", null), "")) {
      writer.fill(3_000, 7);
      assertThat(cluster.keys()).isBetween(2_700L, 3_200L);
      AtomicInteger rounds = new AtomicInteger();
      long writes = writer.trickle(3_000, 7, 20_000, () -> rounds.incrementAndGet() < 6);
      assertThat(writes).isGreaterThan(200);
      assertThat(cluster.masters()).allMatch(master -> master.keys() > 800);
      for (RedisServer master : cluster.masters()) {
        assertThat(DatasetComparer.types(master).keySet())
            .containsExactlyInAnyOrder("string", "list", "set", "hash", "zset", "stream");
      }
    }
  }

  private static RedisEndpoint endpoint(RedisServer server) {
    return new RedisEndpoint(Topology.STANDALONE, List.of(server.address()), "", null);
  }
}
