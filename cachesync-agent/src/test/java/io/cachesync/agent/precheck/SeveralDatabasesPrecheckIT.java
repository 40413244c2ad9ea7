package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.Severity;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster of Valkey 9 with several databases, as a precheck tells of it. */
@EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
class SeveralDatabasesPrecheckIT {
  @RegisterExtension
  static final ClusterServers CLUSTER =
      new ClusterServers(ServerVersion.VALKEY_9, 2).option("cluster-databases", "16");

  @RegisterExtension static final RedisServer SINGLE = new RedisServer(ServerVersion.VALKEY_9);

  @Test
  void blocksWhereOthersThanTheFirstHoldKeysThatAreMoved() {
    ClusterPrecheckRun ends = new ClusterPrecheckRun(CLUSTER, SINGLE);
    ends.empty();
    try (RespClient client = CLUSTER.ownerOf(ClusterServers.slot("key")).client()) {
      client.call("SELECT", "3");
      client.call("SET", "key", "v");
    }
    ends.outOfCluster().target(SINGLE.address()).filter(FilterSpec.everything()).go();
    assertThat(ends.finding(PrecheckCode.DATABASES, Severity.BLOCK, "shards").values())
        .containsEntry("refused", "3");

    ends.run().filter(ClusterPrecheckRun.DATABASE_0).go();
    assertThat(ends.run().of(PrecheckCode.DATABASES))
        .allMatch(finding -> finding.severity() != Severity.BLOCK);
  }
}
