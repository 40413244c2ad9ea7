package io.cachesync.agent.job;

import io.cachesync.agent.sync.Finish;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.SyncSpec;

/**
 * What removing a task's keys from its target did.
 *
 * @param keysRemoved keys of ours that were removed, 0 where there were none
 * @param writersEnded connections of running writers that were ended
 */
public record TaskFinish(int keysRemoved, int writersEnded) {

  /** Ends the task's writers, if any run, and removes its checkpoint from the target. */
  public static TaskFinish run(SyncSpec spec, EndpointSecrets target) throws FaultException {
    String incarnation = "finish-" + ProcessHandle.current().pid();
    Finish.Result result = Finish.run(spec, target, incarnation);
    if (result.fault() != null) {
      throw new FaultException(result.fault());
    }
    return new TaskFinish(result.keysRemoved(), result.writersEnded());
  }
}
