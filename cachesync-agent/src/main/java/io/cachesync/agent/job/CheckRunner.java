package io.cachesync.agent.job;

import io.cachesync.agent.fullcheck.FullCheck;
import io.cachesync.agent.verify.Check;
import io.cachesync.agent.verify.DifferenceSink;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.LimitSpec;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Runs one check and reports about it once a second until it ends. */
public final class CheckRunner {
  private static final long INTERVAL_MILLIS = 1000;

  private final Checking check;

  /**
   * @param differences takes each difference, from several threads
   * @param folder where it keeps how far it has come, and goes on where another process kept that;
   *     null for nowhere
   */
  public CheckRunner(
      CheckSpec spec, JobSecrets secrets, DifferenceSink differences, Path folder, Clock clock) {
    this.check = new BuiltIn(new Check(spec, secrets, differences, folder, clock));
  }

  /**
   * One that a program may do, as its spec says.
   *
   * @param folder where the program may write
   * @param memory where our own keeps how far it has come
   * @param log takes each line that the program prints, and what is to be known of our own
   */
  CheckRunner(
      CheckSpec spec,
      JobSecrets secrets,
      DifferenceSink differences,
      Path folder,
      Path memory,
      Consumer<String> log,
      Clock clock) {
    this.check =
        spec.program() == null
            ? new BuiltIn(new Check(spec, secrets, differences, memory, log, clock))
            : new Program(new FullCheck(spec, secrets, folder, differences::accept, log, clock));
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
    check.limit(limits);
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

  /** Whatever does the check. */
  private interface Checking {
    CheckReport run();

    CheckReport report();

    void limit(LimitSpec limits);

    void stop();
  }

  private record BuiltIn(Check check) implements Checking {
    @Override
    public CheckReport run() {
      return check.run();
    }

    @Override
    public CheckReport report() {
      return check.report();
    }

    @Override
    public void limit(LimitSpec limits) {
      check.limits(limits, limits);
    }

    @Override
    public void stop() {
      check.stop();
    }
  }

  private record Program(FullCheck check) implements Checking {
    @Override
    public CheckReport run() {
      return check.run();
    }

    @Override
    public CheckReport report() {
      return check.report();
    }

    /** It takes its limits when it is started, and no others. */
    @Override
    public void limit(LimitSpec limits) {}

    @Override
    public void stop() {
      check.stop();
    }
  }
}
