package io.cachesync.agent.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.FirstCopy;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.checkpoint.TargetCheckpointStore;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
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
        Checkpoint first = FirstCopy.of(store, connection, KEYS);
        StandaloneLane lane = TestLane.armed(store, connection, KEYS, first, true);
        Batch batch = TestLane.batch(CLAIM, "INCR", "counter");
        batch.seal();
        lane.send(batch, first.at("id", 200, 0, Ledger.EMPTY));
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
}
