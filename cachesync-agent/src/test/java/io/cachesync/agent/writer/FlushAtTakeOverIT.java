package io.cachesync.agent.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.ClusterCheckpointStore;
import io.cachesync.agent.checkpoint.CopiedFrom;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.checkpoint.FirstCopy;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.checkpoint.TargetCheckpointStore;
import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The moment between a start that has taken the epoch and the end of its predecessor's connection:
 * what the predecessor empties for its source it writes back with its own epoch. Who holds the
 * epoch must be right behind it, or the predecessor goes on under the other one's feet.
 */
class FlushAtTakeOverIT {
  private static final OwnKeys KEYS = new OwnKeys("cachesync:", "task", 0, 0);
  private static final Claim CLAIM = new Claim("task", List.of());

  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V7_0"})
  void aPredecessorThatEmptiesAServerIsFenced(ServerVersion version) throws Exception {
    try (RedisServer target = new RedisServer(version).start()) {
      RedisClient client = client(Topology.STANDALONE, List.of(target.address()));
      TargetCheckpointStore former = server(client, () -> {});
      try (RedisConnection old = former.takeOver(false, false)) {
        Checkpoint first = FirstCopy.of(former, old, KEYS);
        boolean execApart = version == ServerVersion.V2_8;
        StandaloneLane lane = TestLane.armed(former, old, KEYS, first, execApart);
        TargetCheckpointStore next = server(client, () -> empty(lane, first));
        try (RedisConnection current = next.takeOver(false, false)) {
          assertThat(next.checkpoint().orElseThrow().offset()).isEqualTo(200);
          assertThat(next.node().epoch()).isEqualTo(next.epoch());
          assertThat(next.claim().owned()).isTrue();
          assertFenced(former::reconnect);
          assertThat(current.call("PING").text()).isEqualTo("PONG");
        }
      }
    }
  }

  @Test
  void aPredecessorThatEmptiesAClusterIsFenced() throws Exception {
    try (ClusterServers target = new ClusterServers(ServerVersion.V7_0, 3).patient().start()) {
      RedisClient client = client(Topology.CLUSTER, target.addresses());
      ClusterCheckpointStore former = cluster(client, () -> {});
      try (ClusterConnections old = former.takeOver(false, false)) {
        former.beginGeneration(old, false, CopiedFrom.NOTHING);
        Checkpoint first =
            Checkpoint.first(KEYS, former.node().generation(), "id", 100, 0, former.epoch());
        former.completeGeneration(old, first);
        ClusterCheckpointStore next =
            cluster(
                client,
                () -> former.flush(old, old.owner(0), first.at("id", 200, 0, Ledger.EMPTY)));
        try (ClusterConnections current = next.takeOver(false, false)) {
          assertThat(next.node().epoch()).isEqualTo(next.epoch());
          assertFenced(former::reconnect);
          next.verify(current);
        }
      }
    }
  }

  private static void assertFenced(ThrowingCallable again) {
    assertThatThrownBy(again)
        .isInstanceOfSatisfying(
            FaultException.class, e -> assertThat(e.fault().code()).isEqualTo(FaultCode.FENCED));
  }

  /** What a lane does where its source was emptied. */
  private static void empty(StandaloneLane lane, Checkpoint first) throws IOException {
    Batch batch = TestLane.batch(CLAIM, "FLUSHALL");
    batch.flushedAll();
    batch.seal();
    lane.send(batch, first.at("id", 200, 0, Ledger.EMPTY));
    lane.await();
  }

  private static TargetCheckpointStore server(RedisClient client, Late late) {
    return new TargetCheckpointStore(
        client, KEYS, CLAIM, "everything", "test", beforeTheFence(late), SlotRanges.ALL);
  }

  private static ClusterCheckpointStore cluster(RedisClient client, Late late) {
    return new ClusterCheckpointStore(
        client, KEYS, CLAIM, "everything", "test", beforeTheFence(late), SlotRanges.ALL);
  }

  /** The store asks for the rule once the epoch is taken and seen, and nobody was ended yet. */
  private static Exactness beforeTheFence(Late late) {
    return new Exactness() {
      @Override
      public boolean endsOtherWriters(int link) {
        try {
          late.run();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        return true;
      }
    };
  }

  private static RedisClient client(Topology topology, List<String> addresses) {
    return new RedisClient(new RedisEndpoint(topology, addresses, "", null), "");
  }

  /** What a predecessor still does. */
  @FunctionalInterface
  private interface Late {
    void run() throws IOException;
  }
}
