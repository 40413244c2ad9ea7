package io.cachesync.agent.job;

import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.repair.DirectRepair;
import io.cachesync.agent.repair.NotRepaired;
import io.cachesync.agent.repair.RepairPiece;
import io.cachesync.agent.repair.RepairPlan;
import io.cachesync.agent.verify.Check;
import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairOrder;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairReason;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairSpec;
import io.cachesync.contract.RepairedKey;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Runs one repair, or tells its plan, then compares what was repaired; reports once a second until
 * it ends.
 */
public final class RepairRunner {
  private static final long INTERVAL_MILLIS = 1000;
  private static final long PATIENCE_MILLIS = 60_000;
  private static final long PAUSE_MILLIS = 500;

  private final RepairSpec spec;
  private final JobSecrets secrets;
  private final String id;
  private final Files files;
  private final Consumer<CheckDifference> differences;
  private final Clock clock;
  private final RepairCounts counts;
  private volatile Check check;
  private Thread thread;
  private boolean stopping;

  /**
   * What a repair reads and writes.
   *
   * @param keys asked for once
   * @param undo what the target had of them is put behind what is there
   * @param results hears what became of each key, from several threads
   */
  public record Files(Keys keys, Path undo, Consumer<RepairedKey> results) {}

  /** Which keys. */
  @FunctionalInterface
  public interface Keys {
    /**
     * @throws FaultException JOB_DIRECTORY_INVALID where they cannot be told
     */
    List<NamedKey> read() throws FaultException;
  }

  /**
   * Those of a file of JSON lines, such as the result of a check.
   *
   * @throws FaultException JOB_DIRECTORY_INVALID where the file is none, or names too many
   */
  public static List<NamedKey> keysIn(Path file) throws FaultException {
    return RepairKeys.read(file);
  }

  /**
   * @param id of this repair in its task, of letters, digits and {@code -}; a repair that begins
   *     again has the same
   * @param differences takes what is unlike after the repair, from several threads
   */
  public RepairRunner(
      RepairSpec spec,
      JobSecrets secrets,
      String id,
      Files files,
      Consumer<CheckDifference> differences,
      Clock clock) {
    this.spec = spec;
    this.secrets = secrets;
    this.id = id;
    this.files = files;
    this.differences = differences;
    this.clock = clock;
    this.counts = new RepairCounts(clock);
  }

  /** Runs to the end and returns the last report; call once. */
  public RepairReport run(Consumer<RepairReport> reports) throws InterruptedException {
    CompletableFuture<RepairReport> end = new CompletableFuture<>();
    synchronized (this) {
      thread = new Thread(() -> work(end), "repair");
      if (stopping) {
        thread.interrupt();
      }
      thread.start();
    }
    while (true) {
      try {
        RepairReport last = end.get(INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        reports.accept(last);
        return last;
      } catch (TimeoutException e) {
        reports.accept(report());
      } catch (ExecutionException e) {
        throw new IllegalStateException("a repair must end with a report", e.getCause());
      }
    }
  }

  /** Ends it as soon as may be; what was repaired stays so. */
  public synchronized void stop() {
    stopping = true;
    if (thread != null) {
      thread.interrupt();
    }
    Check running = check;
    if (running != null) {
      running.stop();
    }
  }

  private synchronized boolean isStopping() {
    return stopping;
  }

  private RepairReport report() {
    Check running = check;
    return counts.report(running == null ? null : running.report());
  }

  private void work(CompletableFuture<RepairReport> end) {
    try {
      repairAndCheck();
    } catch (InterruptedException | InterruptedIOException e) {
      counts.end(RepairPhase.STOPPED, null);
    } catch (FaultException e) {
      // A file that is being written when it is stopped fails by that.
      boolean stopped = isStopping();
      counts.end(stopped ? RepairPhase.STOPPED : RepairPhase.FAILED, stopped ? null : e.fault());
    } catch (IOException | UncheckedIOException e) {
      String why = e instanceof UncheckedIOException ? e.getCause().getMessage() : e.getMessage();
      Fault fault = Fault.fatal(FaultCode.DISK_FULL, "the repair's files: " + why);
      counts.end(RepairPhase.FAILED, fault);
    } catch (RuntimeException | Error e) {
      end.completeExceptionally(e);
      throw e;
    }
    end.complete(report());
  }

  private void repairAndCheck() throws IOException, InterruptedException {
    List<NamedKey> keys = files.keys().read();
    counts.keys(keys.size());
    if (spec.dryRun()) {
      try (RepairPlan plan = new RepairPlan(spec, secrets)) {
        counts.phase(RepairPhase.REPAIRING);
        if (spec.within().isEmpty()) {
          plan.refuseClaimed(keys);
        }
        plan.run(keys, this::tell);
      }
      counts.end(RepairPhase.DONE, null);
      return;
    }
    if (spec.within().isEmpty()) {
      directly(keys);
    } else {
      within(keys);
    }
    if (spec.checksAfter()) {
      check(keys);
    }
    if (!counts.report(null).phase().ended()) {
      counts.end(RepairPhase.DONE, null);
    }
  }

  private boolean isOfSeveral() {
    return !spec.check().moreSources().isEmpty();
  }

  private void within(List<NamedKey> keys) throws IOException, InterruptedException {
    TaskRepair task = new TaskRepair(Path.of(spec.within()), id);
    String undo = files.undo().toAbsolutePath().toString();
    if (!isOfSeveral()) {
      List<String> source = spec.check().source().addresses();
      RepairOrder order = new RepairOrder(source, undo, spec.deletesExtra());
      task.run(keys, order, counts, files.results());
      return;
    }
    List<NamedKey> asked = task.asked();
    Set<NamedKey> open = new LinkedHashSet<>(keys);
    asked.forEach(open::remove);
    RepairShares shares = shares(new ArrayList<>(open));
    shares.left().forEach(this::tell);
    if (!asked.isEmpty()) {
      // What the task was asked for before stays as it is, whatever came to a source since.
      NotRepaired late = NotRepaired.because(RepairReason.CAME_LATE);
      shares.fetched().forEach(key -> tell(NotRepaired.key(key, RepairCourse.FAIL, late)));
    }
    if (!asked.isEmpty() || !shares.fetched().isEmpty()) {
      RepairOrder order = new RepairOrder(List.of(), undo, false, shares.parts(spec));
      task.run(shares.fetched(), order, counts, files.results());
    }
  }

  private void directly(List<NamedKey> keys) throws IOException, InterruptedException {
    counts.phase(RepairPhase.REPAIRING);
    try (UndoFile undo = new UndoFile(files.undo(), spec.check().keyPrefix())) {
      if (!isOfSeveral()) {
        directly(spec.check(), secrets, keys, spec.deletesExtra(), undo);
        return;
      }
      RepairShares shares = shares(keys);
      shares.left().forEach(this::tell);
      for (int i = 0; i < shares.bySource().size(); i++) {
        // What a source has no more another one may have by now.
        List<NamedKey> ofSource = shares.bySource().get(i);
        directly(spec.check().ofSource(i), secrets.ofSource(i), ofSource, false, undo);
      }
      directly(spec.check(), secrets, shares.extra(), true, undo);
    }
  }

  private void directly(
      CheckSpec ends, JobSecrets logins, List<NamedKey> keys, boolean deletesExtra, UndoFile undo)
      throws IOException, InterruptedException {
    RepairPiece piece = new RepairPiece(List.of(), keys, deletesExtra, undo, this::tell);
    patiently(
        () -> {
          while (!piece.isDone()) {
            try (DirectRepair repair = new DirectRepair(ends, logins, clock)) {
              repair.run(piece);
            }
          }
        });
  }

  private RepairShares shares(List<NamedKey> keys) throws IOException, InterruptedException {
    AtomicReference<RepairShares> shares = new AtomicReference<>();
    patiently(() -> shares.set(RepairShares.of(keys, spec, secrets)));
    return shares.get();
  }

  /** Waits for servers that are away for a while, and goes on with what is not done yet. */
  private void patiently(Attempt attempt) throws IOException, InterruptedException {
    long until = clock.millis() + PATIENCE_MILLIS;
    while (true) {
      long before = counts.report(null).done();
      try {
        attempt.run();
        return;
      } catch (RedisException e) {
        boolean advanced = counts.report(null).done() > before;
        until = advanced ? clock.millis() + PATIENCE_MILLIS : until;
        if (!e.fault().retryable() || clock.millis() > until) {
          throw e;
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }

  /** Something that may have to be begun again. */
  @FunctionalInterface
  private interface Attempt {
    void run() throws IOException, InterruptedException;
  }

  private void tell(RepairedKey key) {
    counts.add(key);
    files.results().accept(key);
  }

  private void check(List<NamedKey> keys) throws FaultException, InterruptedException {
    counts.phase(RepairPhase.CHECKING);
    Check after = new Check(ofAll(spec.check()), secrets, keys, differences::accept, clock);
    synchronized (this) {
      check = after;
      if (stopping) {
        throw new InterruptedException();
      }
    }
    CheckReport last = after.run();
    if (last.phase() == CheckPhase.STOPPED) {
      throw new InterruptedException();
    }
    if (last.fault() != null) {
      throw new FaultException(last.fault());
    }
  }

  /** What was chosen is not sampled once more. */
  private static CheckSpec ofAll(CheckSpec spec) {
    return spec.but().samplePercent(100).program(null).build();
  }
}
