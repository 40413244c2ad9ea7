package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.ContinuousReport;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The check that follows the streams of a cluster's shards, also while a slot of it moves. */
@EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
class ContinuousCheckClusterIT {
  @RegisterExtension static final ClusterServers SOURCE = new ClusterServers(ServerVersion.V7_0, 3);

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @Test
  void namesDamageInEachShardAndNothingElse() throws Exception {
    RedisEndpoint source = new RedisEndpoint(Topology.CLUSTER, SOURCE.addresses(), "", null);
    RedisEndpoint target =
        new RedisEndpoint(Topology.STANDALONE, List.of(TARGET.address()), "", null);
    try (RunningJob job = new RunningJob(source, target, 6000);
        ClusterWrites writes = new ClusterWrites(SOURCE, 5)) {
      job.awaitStream(0);
      writes.start();
      job.awaitCheck("looks", report -> report.compared() >= 3000);
      int slot = ClusterServers.slot("moves");
      RedisServer owner = SOURCE.ownerOf(slot);
      RedisServer other =
          SOURCE.masters().stream().filter(master -> master != owner).findFirst().orElseThrow();
      SOURCE.moveSlot(slot, other);
      long before = job.last().continuous().compared();
      job.awaitCheck("more looks", report -> report.compared() >= before + 3000);
      writes.stop();
      ContinuousReport still =
          job.awaitCheck("nothing open", report -> report.open() + report.settling() == 0);
      assertThat(still.different()).as("%s", still).isZero();

      IntStream.range(0, 30).forEach(i -> sourceSet("damage:" + i));
      job.awaitCheck("looks", report -> report.compared() >= still.compared() + 30);
      try (RespClient client = TARGET.client()) {
        IntStream.range(0, 30).forEach(i -> client.call("HSET", "damage:" + i, "a", "spoilt"));
      }
      IntStream.range(0, 30).forEach(i -> sourceTouch("damage:" + i));
      ContinuousReport found = job.awaitCheck("30 differ", report -> report.different() == 30);
      assertThat(found.keys())
          .allMatch(key -> key.kinds().equals(List.of(DifferenceKind.FIELD_VALUE)));
    }
  }

  private static void sourceSet(String key) {
    call(key, "HSET", key, "a", "1");
  }

  private static void sourceTouch(String key) {
    call(key, "HSET", key, "b", "2");
  }

  private static void call(String key, String... words) {
    try (RespClient client = SOURCE.ownerOf(ClusterServers.slot(key)).client()) {
      client.call(words);
    }
  }
}
