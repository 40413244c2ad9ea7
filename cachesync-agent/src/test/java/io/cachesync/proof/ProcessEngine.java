package io.cachesync.proof;

import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Desired;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.JobSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.contract.ReportSpec;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.TestConsole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** An agent as a console starts it: ended by kill -9, stopped by SIGSTOP. */
final class ProcessEngine implements Engine {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long REPORT_MILLIS = 50;

  private final TestConsole console;
  private final long incarnation;
  private final AgentProcess agent;

  ProcessEngine(SyncSpec sync, Path directory, TestConsole console, long incarnation) {
    this.console = console;
    this.incarnation = incarnation;
    console.direct(Desired.RUN, LimitSpec.none());
    JobSpec job =
        new JobSpec(
            "proof-0",
            incarnation,
            sync,
            new ReportSpec(console.url(), "", REPORT_MILLIS),
            StartSpec.fresh());
    try {
      Files.createDirectories(directory);
      Files.writeString(directory.resolve("job.json"), JSON.writeValueAsString(job));
      Files.writeString(
          directory.resolve("secrets.json"),
          JSON.writeValueAsString(new JobSecrets("token-" + incarnation, "", "")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    agent = AgentProcess.start(Map.of(), "run", directory.toString());
  }

  @Override
  public void direct(Desired desired) {
    console.direct(desired, LimitSpec.none());
  }

  @Override
  public Phase phase() {
    JobReport last = console.last(incarnation);
    return last == null ? Phase.CONNECTING : last.phase();
  }

  @Override
  public boolean hasApplied(Map<String, Long> offsets) {
    return Engine.haveApplied(links(), offsets);
  }

  @Override
  public boolean follows(Map<String, String> replIds) {
    return Engine.follow(links(), replIds);
  }

  @Override
  public boolean balanced() {
    List<LinkStatus> links = links();
    return !links.isEmpty() && links.stream().allMatch(link -> link.ledger().balanced());
  }

  @Override
  public List<DeadLetter> deadLetters() {
    return links().stream().flatMap(link -> link.deadLetters().stream()).toList();
  }

  @Override
  public Optional<End> end() {
    if (agent.isAlive()) {
      return Optional.empty();
    }
    JobReport last = console.last(incarnation);
    return Optional.of(
        last == null ? new End(Phase.FAILED, null) : new End(last.phase(), last.fault()));
  }

  @Override
  public void kill() {
    agent.kill();
  }

  @Override
  public void freeze() {
    agent.freeze();
  }

  @Override
  public void thaw() {
    agent.thaw();
  }

  @Override
  public String said() {
    return agent.output() + "\nlast report: " + console.last(incarnation);
  }

  @Override
  public void close() {
    agent.close();
  }

  private List<LinkStatus> links() {
    JobReport last = console.last(incarnation);
    return last == null ? List.of() : last.links();
  }
}
