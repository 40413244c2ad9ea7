package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;

/** A first full sync that is done, for tests of what comes behind it. */
public final class FirstCopy {
  private FirstCopy() {}

  /**
   * Begins a generation and ends it.
   *
   * @return what stands at the target then, at offset 100 of the history "id"
   */
  public static Checkpoint of(TargetCheckpointStore store, RedisConnection connection, OwnKeys keys)
      throws RedisException {
    store.beginGeneration(connection, false, CopiedFrom.NOTHING);
    Checkpoint first =
        Checkpoint.first(keys, store.node().generation(), "id", 100, 0, store.epoch());
    store.completeGeneration(connection, first);
    return first;
  }
}
