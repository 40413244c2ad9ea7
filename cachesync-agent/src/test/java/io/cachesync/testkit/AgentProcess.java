package io.cachesync.testkit;

import io.cachesync.contract.JobReport;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The agent's runnable jar ({@code cachesync.agent.jar}) as a process of its own. */
public final class AgentProcess implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final List<String> TEST_JVM =
      List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private final Process process;
  private final Path folder;
  private final Path reportFile;

  private AgentProcess(Process process, Path folder, Path reportFile) {
    this.process = process;
    this.folder = folder;
    this.reportFile = reportFile;
  }

  /** Starts a verb that writes no reports. */
  public static AgentProcess start(Map<String, String> environment, String... args) {
    return launch(TEST_JVM, environment, Folders.create("agent"), List.of(args));
  }

  /** {@link #start} with options of the JVM other than those that suit tests. */
  public static AgentProcess startWith(List<String> javaOptions, String... args) {
    return launch(javaOptions, Map.of(), Folders.create("agent"), List.of(args));
  }

  /** Starts {@code sync} with a report file, which tells its phase. */
  public static AgentProcess sync(Map<String, String> environment, String... args) {
    return sync(TEST_JVM, environment, args);
  }

  /** {@link #sync(String...)} with options of the JVM other than those that suit tests. */
  public static AgentProcess syncWith(List<String> javaOptions, String... args) {
    return sync(javaOptions, Map.of(), args);
  }

  private static AgentProcess sync(
      List<String> javaOptions, Map<String, String> environment, String... args) {
    Path folder = Folders.create("agent");
    List<String> all = new ArrayList<>(List.of("sync"));
    all.addAll(Arrays.asList(args));
    all.addAll(List.of("--report-file", folder.resolve("reports").toString()));
    return launch(javaOptions, environment, folder, all);
  }

  public static AgentProcess sync(String... args) {
    return sync(Map.of(), args);
  }

  private static AgentProcess launch(
      List<String> javaOptions, Map<String, String> environment, Path folder, List<String> args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(javaOptions);
    command.add("-jar");
    command.add(System.getProperty("cachesync.agent.jar"));
    command.addAll(args);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().putAll(environment);
    builder.redirectOutput(folder.resolve("stdout").toFile());
    builder.redirectError(folder.resolve("stderr").toFile());
    try {
      Process process = builder.start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return new AgentProcess(process, folder, folder.resolve("reports"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the end and returns the exit code. */
  public int exitCode() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the agent does not end\n" + output());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** Every whole report so far. */
  public List<JobReport> reports() {
    List<JobReport> reports = new ArrayList<>();
    if (!Files.exists(reportFile)) {
      return reports;
    }
    for (String line : read(reportFile).split("\n")) {
      if (!line.isEmpty()) {
        try {
          reports.add(JSON.readValue(line, JobReport.class));
        } catch (JacksonException e) {
          // The last line may be half written, or cut by a kill.
          break;
        }
      }
    }
    return reports;
  }

  public JobReport lastReport() {
    List<JobReport> reports = reports();
    return reports.isEmpty() ? null : reports.get(reports.size() - 1);
  }

  /** The newest report that is as wanted, once it is; fails at once when the agent ends before. */
  public JobReport awaitReport(String wanted, Predicate<JobReport> condition) {
    return Awaitility.await(wanted)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .failFast(
            () -> {
              if (!process.isAlive() && !matchesLast(condition)) {
                throw new AssertionError("the agent ended\n" + output());
              }
            })
        .until(this::lastReport, last -> last != null && condition.test(last));
  }

  public JobReport awaitPhase(Phase phase) {
    return awaitReport("phase " + phase, report -> report.phase() == phase);
  }

  /** Waits until the link has applied at least this offset. */
  public JobReport awaitApplied(long offset) {
    return awaitReport(
        "applied up to " + offset,
        report ->
            !report.links().isEmpty()
                && report.links().stream().mapToLong(LinkStatus::appliedOffset).min().orElse(-1)
                    >= offset);
  }

  /** Everything it printed, both streams. */
  public String output() {
    return read(folder.resolve("stdout")) + read(folder.resolve("stderr"));
  }

  public String standardOutput() {
    return read(folder.resolve("stdout"));
  }

  /** kill -9. */
  public void kill() {
    Signals.end(process);
  }

  /** SIGTERM: a clean stop. */
  public void terminate() {
    Signals.send("TERM", process.pid());
  }

  /** Freezes the process (SIGSTOP). */
  public void freeze() {
    Signals.send("STOP", process.pid());
  }

  /** Lets a frozen process go on (SIGCONT). */
  public void thaw() {
    Signals.send("CONT", process.pid());
  }

  @Override
  public void close() {
    Signals.end(process);
    Folders.delete(folder);
  }

  private boolean matchesLast(Predicate<JobReport> condition) {
    JobReport last = lastReport();
    return last != null && condition.test(last);
  }

  private static String read(Path file) {
    try {
      // A letter of several bytes may be half written.
      return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
