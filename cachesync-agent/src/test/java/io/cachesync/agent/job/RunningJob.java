package io.cachesync.agent.job;

import io.cachesync.contract.ContinuousReport;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.JobSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.ReportSpec;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import io.cachesync.testkit.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A job that syncs and checks, in this JVM, with the report that it made last. */
final class RunningJob implements AutoCloseable {
  private final JobDirectory directory = JobDirectory.create(Folders.create("job"));
  private final JobLog log;
  private final JobRun run;
  private final CompletableFuture<JobReport> end;
  private volatile JobReport last;

  RunningJob(RedisEndpoint source, RedisEndpoint target, long continuousKeys) throws IOException {
    SyncSpec sync =
        SyncSpec.of("task", source, target)
            .relayMemoryBytes(1 << 20)
            .relayMaxBytes(1L << 30)
            .continuousKeys(continuousKeys)
            .build();
    JobSpec spec = new JobSpec("task-0", 1, sync, new ReportSpec("", "", 100), StartSpec.fresh());
    log = new JobLog(directory.logFile(), Clock.systemUTC());
    run = JobRun.of(spec, new JobSecrets("", "", ""), directory, log, Clock.systemUTC());
    end = CompletableFuture.supplyAsync(this::runToTheEnd);
  }

  private JobReport runToTheEnd() {
    try {
      return run.run(
          List.of(
              new ReportSink() {
                @Override
                public void accept(JobReport report) {
                  last = report;
                }

                @Override
                public void close() {}
              }));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The report that is so at last. */
  JobReport await(String wanted, Predicate<JobReport> condition) {
    return Awaitility.await(wanted)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .failFast(() -> end.isDone())
        .until(() -> last, report -> report != null && condition.test(report));
  }

  /** The continuous check's report that is so at last. */
  ContinuousReport awaitCheck(String wanted, Predicate<ContinuousReport> condition) {
    try {
      return await(
              wanted, report -> report.continuous() != null && condition.test(report.continuous()))
          .continuous();
    } catch (RuntimeException e) {
      throw new AssertionError(wanted + ", but " + (last == null ? null : last.continuous()), e);
    }
  }

  /** Until the links stream, and have applied what came to now. */
  void awaitStream(long offset) {
    await(
        "applied up to " + offset,
        report ->
            !report.links().isEmpty()
                && report.links().stream().allMatch(link -> stands(link, offset)));
  }

  private static boolean stands(LinkStatus link, long offset) {
    return link.phase() == Phase.INCREMENTAL && link.appliedOffset() >= offset;
  }

  JobReport last() {
    return last;
  }

  String log() {
    try {
      return Files.readString(directory.logFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws Exception {
    run.stop();
    end.get(60, TimeUnit.SECONDS);
    log.close();
    Folders.delete(directory.path());
  }
}
