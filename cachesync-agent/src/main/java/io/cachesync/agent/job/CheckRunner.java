package io.cachesync.agent.job;

import io.cachesync.agent.verify.Check;
import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.LimitSpec;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Runs one check and reports about it once a second until it ends. */
public final class CheckRunner {
  private static final long INTERVAL_MILLIS = 1000;

  private final Check check;

  /**
   * @param differences takes each difference, from several threads
   */
  public CheckRunner(
      CheckSpec spec, JobSecrets secrets, Consumer<CheckDifference> differences, Clock clock) {
    check = new Check(spec, secrets, differences, clock);
  }

  /** Runs the check to its end and returns its last report; call once. */
  public CheckReport run(Consumer<CheckReport> reports) throws InterruptedException {
    CompletableFuture<CheckReport> end = new CompletableFuture<>();
    Thread thread = new Thread(() -> run(end), "check");
    thread.start();
    while (true) {
      try {
        CheckReport last = end.get(INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        reports.accept(last);
        return last;
      } catch (TimeoutException e) {
        reports.accept(check.report());
      } catch (ExecutionException e) {
        throw new IllegalStateException("a check must end with a report", e.getCause());
      }
    }
  }

  /** Sets the limits of each side, at once. */
  void limit(LimitSpec limits) {
    check.limits(limits, limits);
  }

  /** Ends it; returns at once. */
  public void stop() {
    check.stop();
  }

  private void run(CompletableFuture<CheckReport> end) {
    try {
      end.complete(check.run());
    } catch (RuntimeException | Error e) {
      end.completeExceptionally(e);
    }
  }
}
