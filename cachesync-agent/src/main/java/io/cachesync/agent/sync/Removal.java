package io.cachesync.agent.sync;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;

/**
 * Removes what a task has at its target and applies nothing: the target stays as it is at the
 * checkpoint. Where there is nothing of the task any more it is done already.
 */
final class Removal {
  private final LinkSpec spec;
  private final LinkState state;
  private final RetryPolicy retry = new RetryPolicy();

  Removal(LinkSpec spec, LinkState state) {
    this.spec = spec;
    this.state = state;
  }

  /** Runs until the keys are gone, a stop is asked for, or the target refuses for good. */
  LinkOutcome run() {
    Control control = state.control();
    control.beginRemoval();
    try {
      while (true) {
        control.check();
        state.phase(Phase.FINISHING);
        Fault fault = remove();
        if (fault == null) {
          return end(Phase.DONE, null);
        }
        if (!fault.retryable()) {
          return end(Phase.FAILED, fault);
        }
        long millis = retry.failed();
        state.retries(fault, millis);
        control.pause(millis);
      }
    } catch (Stopped e) {
      return end(Phase.STOPPED, null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return end(
          Phase.FAILED, Fault.fatal(FaultCode.STOPPED_BY_SIGNAL, "the link was interrupted"));
    }
  }

  private Fault remove() {
    Finish.Result result = Finish.run(spec.sync(), spec.secrets().target(), spec.incarnation());
    if (result.fault() == null) {
      state.log(
          LogLevel.INFO,
          "nothing more is applied; %d keys of ours removed, %d connections of writers ended"
              .formatted(result.keysRemoved(), result.writersEnded()));
    }
    return result.fault();
  }

  private LinkOutcome end(Phase phase, Fault fault) {
    state.phase(phase, fault);
    return new LinkOutcome(phase, fault);
  }
}
