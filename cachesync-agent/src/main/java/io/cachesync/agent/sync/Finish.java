package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.NodeState;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.SyncSpec;

/** Removes what a task has left at its target, fenced against a writer that still runs. */
public final class Finish {
  private Finish() {}

  /**
   * What finish did.
   *
   * @param keysRemoved keys of ours that were removed, 0 where there were none
   * @param writersEnded connections of running writers that were ended
   * @param fault why it could not be done, otherwise null
   */
  public record Result(int keysRemoved, int writersEnded, Fault fault) {}

  /**
   * Removes the keys, wherever at the target the task has put them; the spec's databases do not
   * matter.
   *
   * @param target passwords of the target
   * @param incarnation as in {@link LinkSpec}
   */
  public static Result run(SyncSpec spec, EndpointSecrets target, String incarnation) {
    RedisClient client = new RedisClient(spec.target(), target);
    OwnKeys keys = new OwnKeys(spec.keyPrefix(), spec.task(), spec.jobNumber(), 0);
    try {
      try (TakenLinks taken =
          TakenLinks.take(
              TargetKind.of(spec.target()), client, keys, NodeState.NOTHING_MORE, incarnation)) {
        return new Result(taken.remove(), taken.endedWriters(), null);
      }
    } catch (FaultException e) {
      return new Result(0, 0, e.fault());
    }
  }
}
