package io.cachesync.agent.sync;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Stops a task whose former agent cannot be asked: takes the target over, so that nobody else
 * writes there for the task any more, and ends. Checkpoint and data stay as they are.
 */
final class Fencing {
  private final LinkSpec spec;
  private final LinkState state;
  private final RetryPolicy retry = new RetryPolicy();
  private final CountDownLatch left = new CountDownLatch(1);

  Fencing(LinkSpec spec, LinkState state) {
    this.spec = spec;
    this.state = state;
  }

  /** Ends it though the target was not taken. From any thread. */
  void leave() {
    left.countDown();
  }

  /** Runs until the target was taken, or refuses for good. */
  LinkOutcome run() {
    try {
      while (true) {
        state.phase(Phase.CONNECTING);
        Fault fault = fence();
        if (fault == null) {
          return end(Phase.STOPPED, null);
        }
        if (!fault.retryable()) {
          return end(Phase.FAILED, fault);
        }
        long millis = retry.failed();
        state.retries(fault, millis);
        if (left.await(millis, TimeUnit.MILLISECONDS)) {
          return end(Phase.FAILED, fault);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return end(
          Phase.FAILED, Fault.fatal(FaultCode.STOPPED_BY_SIGNAL, "the link was interrupted"));
    }
  }

  private Fault fence() {
    RedisClient client = new RedisClient(spec.sync().target(), spec.secrets().target());
    TargetKind kind = TargetKind.of(spec.sync().target());
    try (TakenLinks taken =
        TakenLinks.take(kind, client, TargetKind.keys(spec), "", spec.incarnation())) {
      state.log(
          LogLevel.INFO,
          taken.isNothing()
              ? "the task has claimed nothing at the target"
              : "stopped: %s, %d connections of former writers ended"
                  .formatted(taken, taken.endedWriters()));
      return null;
    } catch (FaultException e) {
      return e.fault();
    }
  }

  private LinkOutcome end(Phase phase, Fault fault) {
    state.phase(phase, fault);
    return new LinkOutcome(phase, fault);
  }
}
