package io.cachesync.agent.fullcheck;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FullCheckObstacle;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.RedisEndpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * One run of redis-full-check. Its exit code says whether it ran to its end, its last database what
 * it found: it ends with 0 also where it found something.
 */
public final class FullCheck {
  private static final int LONGEST_LINE = 500;
  private static final int LAST_LINES = 3;
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final CheckSpec spec;
  private final String sourcePassword;
  private final String targetPassword;
  private final Path folder;
  private final Consumer<CheckDifference> differences;
  private final Consumer<String> log;
  private final Clock clock;
  private final Duration grace;
  private final FullCheckLog progress = new FullCheckLog();
  private final List<CheckReport.Round> settled = new CopyOnWriteArrayList<>();
  private final List<String> lastLines = new ArrayList<>();
  private volatile CheckPhase phase = CheckPhase.CONNECTING;
  private volatile Fault fault;
  private volatile FullCheckResult result;
  private volatile boolean stopping;
  private volatile long startedMillis;
  private volatile long roundMillis;
  private volatile long endedMillis;
  private Process process;

  /**
   * @param folder where it may write; what it wrote is removed at the end
   * @param log takes each line that it prints, without passwords
   */
  public FullCheck(
      CheckSpec spec,
      JobSecrets secrets,
      Path folder,
      Consumer<CheckDifference> differences,
      Consumer<String> log,
      Clock clock) {
    this(spec, secrets, folder, differences, log, clock, GRACE);
  }

  /**
   * @param grace so long it may take to end when it is told to
   */
  FullCheck(
      CheckSpec spec,
      JobSecrets secrets,
      Path folder,
      Consumer<CheckDifference> differences,
      Consumer<String> log,
      Clock clock,
      Duration grace) {
    this.spec = spec;
    this.sourcePassword = secrets.source(0).password();
    this.targetPassword = secrets.target().password();
    this.folder = folder;
    this.differences = differences;
    this.log = log;
    this.clock = clock;
    this.grace = grace;
  }

  /** Runs it to its end and returns the last report. */
  public CheckReport run() {
    startedMillis = clock.millis();
    roundMillis = startedMillis;
    Path work = null;
    try {
      Optional<FullCheckObstacle> obstacle = obstacle();
      if (obstacle.isPresent()) {
        fail("it cannot do this check: " + obstacle.get());
        return report();
      }
      work = Files.createTempDirectory(folder, "full-check");
      int code = execute(work);
      if (stopping) {
        end(CheckPhase.STOPPED);
      } else if (code != 0) {
        fail("it ended with exit code " + code + said());
      } else {
        read(work);
      }
    } catch (IOException e) {
      if (stopping) {
        // Where it did not obey, its output was closed before its end.
        end(CheckPhase.STOPPED);
      } else {
        fail(e.getMessage() + said());
      }
    } catch (InterruptedException e) {
      end(CheckPhase.STOPPED);
    } finally {
      clear(work);
    }
    return report();
  }

  /** Ends it; returns at once. */
  public synchronized void stop() {
    stopping = true;
    if (process != null) {
      Process started = process;
      List<ProcessHandle> whole = started.descendants().toList();
      // Whoever holds the other end ends the program; see FullCheckCommand. It may not obey.
      close(started);
      CompletableFuture.delayedExecutor(grace.toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> destroy(started, whole));
    }
  }

  /** How far it has come. */
  public CheckReport report() {
    FullCheckResult found = result;
    long at = endedMillis == 0 ? clock.millis() : endedMillis;
    return new CheckReport(
        startedMillis,
        at,
        phase,
        fault,
        spec.mode(),
        progress.round(),
        spec.rounds(),
        progress.percent(),
        found == null ? 0 : found.keys(),
        0,
        found == null ? Map.of() : found.byKind(),
        found == null ? Map.of() : found.byType(),
        settled,
        side(spec.source(), progress.keys(), progress.scanned()),
        side(spec.target(), 0, 0));
  }

  private Optional<FullCheckObstacle> obstacle() {
    return Stream.of(
            FullCheckObstacle.of(spec),
            FullCheckObstacle.of(spec.source()),
            FullCheckObstacle.of(spec.target()),
            FullCheckObstacle.ofPassword(sourcePassword),
            FullCheckObstacle.ofPassword(targetPassword))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private int execute(Path work) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(FullCheckCommand.of(spec))
            .directory(work.toFile())
            .redirectErrorStream(true);
    builder.environment().putAll(FullCheckCommand.logins(spec, sourcePassword, targetPassword));
    Process started;
    synchronized (this) {
      if (stopping) {
        throw new InterruptedException();
      }
      started = builder.start();
      process = started;
    }
    phase = CheckPhase.COMPARING;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        take(line);
      }
      return started.waitFor();
    } finally {
      close(started);
      if (!started.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        destroy(started, List.of());
      }
    }
  }

  private void take(String line) {
    int before = progress.round();
    if (progress.take(line) && before > 0) {
      settle(before, 0);
    }
    String told = masked(line);
    if (!told.isBlank()) {
      synchronized (lastLines) {
        lastLines.add(told);
        if (lastLines.size() > LAST_LINES) {
          lastLines.remove(0);
        }
      }
      log.accept(told);
    }
  }

  private void read(Path work) throws IOException {
    Path last = work.resolve(FullCheckCommand.RESULT + "." + spec.rounds());
    if (!Files.isRegularFile(last)) {
      fail("it ended without a result of round " + spec.rounds() + said());
      return;
    }
    FullCheckResult found = new FullCheckResult(spec.mode(), spec.rounds(), clock.millis());
    found.read(last, differences);
    result = found;
    settle(spec.rounds(), found.keys());
    end(CheckPhase.DONE);
  }

  /** Only of the last round it is known what differs. */
  private void settle(int round, long differing) {
    long now = clock.millis();
    FullCheckResult found = result;
    settled.add(
        new CheckReport.Round(
            round,
            now - roundMillis,
            settled.isEmpty() ? progress.scanned() : 0,
            differing,
            found == null ? Map.of() : found.byKind(),
            found == null ? Map.of() : found.byType()));
    roundMillis = now;
  }

  private String masked(String line) {
    String told = line;
    for (String secret : List.of(sourcePassword, targetPassword)) {
      told = secret.isEmpty() ? told : told.replace(secret, "***");
    }
    return told.length() <= LONGEST_LINE ? told : told.substring(0, LONGEST_LINE) + "…";
  }

  private String said() {
    synchronized (lastLines) {
      return lastLines.isEmpty() ? "" : "; it said: " + String.join(" / ", lastLines);
    }
  }

  private void fail(String message) {
    fault = Fault.fatal(FaultCode.TOOL_FAILED, "redis-full-check: " + message);
    end(CheckPhase.FAILED);
  }

  private void end(CheckPhase how) {
    endedMillis = clock.millis();
    phase = how;
  }

  private static CheckReport.Side side(RedisEndpoint end, long keys, long scanned) {
    return new CheckReport.Side(String.join(",", end.addresses()), "", keys, scanned, 0, 0, 0, 0);
  }

  /** With what it has started; what has ended is left alone. */
  private static void destroy(Process process, List<ProcessHandle> former) {
    Stream.concat(process.descendants(), former.stream()).forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static void close(Process process) {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended by itself: nobody reads there any more.
      return;
    }
  }

  private void clear(Path work) {
    if (work == null) {
      return;
    }
    try {
      Files.walkFileTree(
          work,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException e)
                throws IOException {
              Files.delete(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      log.accept("What redis-full-check wrote stays in " + work + ": " + e.getMessage());
    }
  }
}
