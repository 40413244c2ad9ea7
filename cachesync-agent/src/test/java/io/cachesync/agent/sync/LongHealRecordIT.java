package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.CopiedFrom;
import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.writer.LaneWriter;
import io.cachesync.agent.writer.TargetWriter;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.Folders;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A slot that was fetched, or is held, with more keys than one command may name below 7.0. */
class LongHealRecordIT {
  @RegisterExtension static final RedisServer SERVER = new RedisServer(ServerVersion.V6_2);

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V6_2, 2);

  private static final int KEYS = 1_100_000;

  @Test
  void isWrittenAndRemovedAtAServer() throws IOException, InterruptedException {
    try (RespClient target = SERVER.client()) {
      isWrittenAndRemoved(RunningLink.endpoint(SERVER.address()), target);
    }
  }

  @Test
  void isWrittenAndRemovedAtACluster() throws IOException, InterruptedException {
    // So large a transaction keeps a node busy; the others must not take it for gone meanwhile.
    for (RedisServer master : CLUSTER.masters()) {
      try (RespClient client = master.client()) {
        client.call("CONFIG", "SET", "cluster-node-timeout", "60000");
      }
    }
    try (RespClient target = CLUSTER.ownerOf(ClusterServers.slot("{o}")).client()) {
      isWrittenAndRemoved(
          new RedisEndpoint(Topology.CLUSTER, CLUSTER.addresses(), "", null), target);
    }
  }

  private void isWrittenAndRemoved(RedisEndpoint endpoint, RespClient target)
      throws IOException, InterruptedException {
    SyncSpec sync =
        SyncSpec.of("long", RunningLink.endpoint("127.0.0.1:1"), endpoint)
            .relayMemoryBytes(1 << 20)
            .relayMaxBytes(1L << 30)
            .build();
    LinkSpec spec =
        new LinkSpec(
            0,
            sync,
            new JobSecrets("", "", ""),
            Folders.create("long"),
            "test-long",
            StartMode.FRESH_ALLOWED);
    List<byte[]> fields = new ArrayList<>();
    List<byte[]> words = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      byte[] key = ("{o}" + i).getBytes(StandardCharsets.US_ASCII);
      fields.add(HealRecord.touchedField(new DatabaseKey(0, key)));
      words.add(fields.get(i));
      words.add(HealRecord.aheadUpTo(i));
    }
    try (TargetWriter writer =
        TargetKind.of(endpoint)
            .writer(
                spec,
                Selection.everything(sync.keyPrefix()),
                new RedisClient(endpoint, ""),
                Clock.systemUTC(),
                Exactness.ALL)) {
      writer.takeOver(false, false);
      writer.beginFullSync(false, new CopiedFrom("0".repeat(40), 0, ""));
      writer.completeFullSync("0".repeat(40), 0, 0);
      LaneWriter lane = writer.openLane();
      send(lane, "HMSET", words);
      String hash = (String) target.list("KEYS", "*:heal:*").get(0);
      assertThat(target.number("HLEN", hash)).isEqualTo(KEYS);
      assertThat(target.call("HGET", hash, "t:0:{o}4999")).isEqualTo("4999");
      assertThat(target.call("HGET", hash, "t:0:{o}" + (KEYS - 1))).isEqualTo("" + (KEYS - 1));
      send(lane, "HDEL", fields);
      assertThat(target.call("EXISTS", hash)).isEqualTo(0L);
      writer.removeKeys();
    }
  }

  private static void send(LaneWriter lane, String command, List<byte[]> words)
      throws IOException, InterruptedException {
    lane.appendHealRecord(command, words);
    lane.send(lane.acknowledged());
    assertThat(lane.await()).isEmpty();
  }
}
