package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A source of three shards, and the ends that two jobs of one task move them to. */
final class SpreadShards implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
  enum To {
    ONE_SERVER,
    A_CLUSTER
  }

  private final ClusterServers source =
      new ClusterServers(ServerVersion.V7_0, 3, 1)
          .option("cluster-node-timeout", "500")
          .option("repl-backlog-size", "64mb");

  private final RedisServer target = new RedisServer(ServerVersion.V7_0);
  private final ClusterServers cluster = new ClusterServers(ServerVersion.V7_0, 2);

  ClusterServers source() {
    return source;
  }

  /** None for a job that has all of them. */
  RunningLinks.Setup setup(To to, int... shards) {
    RunningLinks.Setup setup =
        to == To.ONE_SERVER
            ? RunningLinks.between(source, target)
            : RunningLinks.between(source, cluster);
    if (shards.length > 0) {
      setup.slots = slots(shards);
    }
    return setup;
  }

  String slots(int... shards) {
    List<RedisServer> masters = source.masters();
    RedisServer[] owners = source.owners();
    BitSet slots = new BitSet();
    for (int shard : shards) {
      for (int slot = 0; slot < owners.length; slot++) {
        if (owners[slot] == masters.get(shard)) {
          slots.set(slot);
        }
      }
    }
    return SlotRanges.of(slots).toString();
  }

  long keys(To to) {
    return to == To.ONE_SERVER ? target.keys() : cluster.keys();
  }

  /** Whether the target is the source, with keys of ours and then without. */
  void assertEqual(To to) {
    if (to == To.ONE_SERVER) {
      assertThat(DatasetComparer.compare(source, target)).isEmpty();
    } else {
      assertThat(DatasetComparer.compare(source, cluster)).isEmpty();
    }
    assertThat(keys(to)).as("keys of ours stay").isGreaterThan(source.keys());
    Finish.Result finished =
        Finish.run(setup(to).spec(), new EndpointSecrets("", ""), "test-finish");
    assertThat(finished.fault()).isNull();
    assertThat(keys(to)).isEqualTo(source.keys());
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    source.beforeAll(context);
    // It fails over where it is told to: on a busy machine none must do so by itself.
    source.nodes().forEach(node -> node.config("cluster-node-timeout", "2500"));
    target.beforeAll(context);
    cluster.beforeAll(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    source.flush();
    target.flush();
    cluster.flush();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    source.afterAll(context);
    target.afterAll(context);
    cluster.afterAll(context);
  }
}
