package io.cachesync.agent.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.CopiedFrom;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.checkpoint.TargetCheckpointStore;
import io.cachesync.agent.entry.StreamReader;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandaloneLaneIT {
  private static final OwnKeys KEYS = new OwnKeys("cachesync:", "task", 0, 0);
  private static final Claim CLAIM = new Claim("task", List.of());

  /**
   * A right that is taken away while commands are queued is missing when EXEC runs them, each for
   * itself: what came behind the checkpoint was applied, and must not be applied once more.
   */
  @Test
  void aCheckpointThatIsRefusedInsideOfItsTransactionIsAHole() throws Exception {
    try (RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient admin = target.client()) {
      RedisEndpoint at =
          new RedisEndpoint(Topology.STANDALONE, List.of(target.address()), "", null);
      TargetCheckpointStore store =
          new TargetCheckpointStore(new RedisClient(at, ""), KEYS, CLAIM, "everything", "test");
      try (RedisConnection connection = store.takeOver(false, false)) {
        store.beginGeneration(connection, false, CopiedFrom.NOTHING);
        Checkpoint first =
            Checkpoint.first(KEYS, store.node().generation(), "id", 100, 0, store.epoch());
        store.completeGeneration(connection, first);
        // EXEC is sent once all is queued, as to a target below 6.0.
        StandaloneLane lane =
            new StandaloneLane(
                connection,
                KEYS,
                store.claim(),
                store.node(),
                new HealRecord(),
                first,
                true,
                Exactness.ALL);
        lane.arm();
        lane.send(incr(), first.at("id", 200, 0, Ledger.EMPTY));
        admin.call("ACL", "SETUSER", "default", "-getset");
        assertThatThrownBy(lane::await)
            .isInstanceOfSatisfying(
                DataFault.class,
                e -> {
                  assertThat(e.fault().code()).isEqualTo(FaultCode.NO_PERMISSION);
                  assertThat(e.fault().retryable()).isFalse();
                });
        assertThat(admin.call("GET", "counter")).isEqualTo("1");
      }
    }
  }

  private static Batch incr() throws Exception {
    byte[] command = new RespWriter().command("INCR", "counter").toByteArray();
    StreamReader reader = new StreamReader(0);
    reader.append(command, 0, command.length, 0);
    Batch batch = new Batch(CLAIM.home());
    batch.from(200, CLAIM.home());
    batch.verbatim(reader.next());
    batch.seal();
    return batch;
  }
}
