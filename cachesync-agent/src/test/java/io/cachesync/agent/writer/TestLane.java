package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.checkpoint.TargetCheckpointStore;
import io.cachesync.agent.entry.StreamReader;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.resp.RespWriter;
import java.io.IOException;

/** A lane without its writer, and what it sends. */
final class TestLane {
  private TestLane() {}

  /**
   * @param execApart whether EXEC is sent once all is queued, as to a target below 6.0
   */
  static StandaloneLane armed(
      TargetCheckpointStore store,
      RedisConnection connection,
      OwnKeys keys,
      Checkpoint at,
      boolean execApart)
      throws IOException {
    StandaloneLane lane =
        new StandaloneLane(
            connection,
            keys,
            store.claim(),
            store.node(),
            new HealRecord(),
            at,
            execApart,
            Exactness.ALL);
    lane.arm();
    return lane;
  }

  /** Of one command that ends at offset 200; not sealed yet. */
  static Batch batch(Claim claim, String... command) throws IOException {
    byte[] bytes = new RespWriter().command(command).toByteArray();
    StreamReader reader = new StreamReader(0);
    reader.append(bytes, 0, bytes.length, 0);
    Batch batch = new Batch(claim.home());
    batch.from(200, claim.home());
    batch.verbatim(reader.next());
    return batch;
  }
}
