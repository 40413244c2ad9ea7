package io.cachesync.agent.sync;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
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
   * @param password of the target, empty for none
   * @param incarnation as in {@link LinkSpec}
   */
  public static Result run(SyncSpec spec, String password, String incarnation) {
    return new Result(0, 0, Fault.fatal(FaultCode.INTERNAL, "the pipeline is not assembled"));
  }
}
