package io.cachesync.scenario;

import io.cachesync.agent.sample.SampleWriter;
import io.cachesync.contract.Desired;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.JobSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.ReportSpec;
import io.cachesync.contract.StartSpec;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.TestConsole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import tools.jackson.databind.json.JsonMapper;

/**
 * One migration as a console runs it: a job directory, an agent of some incarnation, writes at the
 * source all the while, and a proxy before the target.
 */
final class Migration implements AutoCloseable {
  static final long SEED = 11;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final RedisServer source;
  private final RedisServer target;
  private final long keys;
  private final Path directory;
  private final TestConsole console = new TestConsole();
  private final FaultProxy proxy;
  private volatile boolean writing;
  private CompletableFuture<Long> writer;
  private final List<AgentProcess> agents = new ArrayList<>();
  private AgentProcess agent;
  private long incarnation;

  Migration(RedisServer source, RedisServer target, long keys, Path directory) {
    this.source = source;
    this.target = target;
    this.keys = keys;
    this.directory = directory;
    this.proxy = new FaultProxy(target.port());
  }

  FaultProxy proxy() {
    return proxy;
  }

  TestConsole console() {
    return console;
  }

  AgentProcess agent() {
    return agent;
  }

  long incarnation() {
    return incarnation;
  }

  void fill() throws IOException {
    try (SampleWriter writerOfData = SampleWriter.connect(endpoint(source.port()), "")) {
      writerOfData.fill(keys, SEED);
    }
  }

  /** Writes of every type at the source until {@link #stopWriting}. */
  void startWriting(long ratePerSecond) {
    writing = true;
    writer =
        CompletableFuture.supplyAsync(
            () -> {
              try (SampleWriter sample = SampleWriter.connect(endpoint(source.port()), "")) {
                return sample.trickle(keys, SEED, ratePerSecond, () -> writing);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  /** Returns the number of writes. */
  long stopWriting() {
    writing = false;
    return writer.join();
  }

  /** Starts the next incarnation; a former agent is left alone. */
  AgentProcess startAgent() throws IOException {
    return startAgent(StartSpec.fresh());
  }

  /** Starts the next incarnation as told; a former agent is left alone. */
  AgentProcess startAgent(StartSpec start) throws IOException {
    incarnation++;
    ReportSpec report = new ReportSpec(console.url(), "", 100);
    JobSpec job = new JobSpec("scenario-0", incarnation, spec(), report, start);
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("job.json"), JSON.writeValueAsString(job));
    Files.writeString(
        directory.resolve("secrets.json"),
        JSON.writeValueAsString(new JobSecrets("token-" + incarnation, "", "")));
    agent = AgentProcess.start(Map.of(), "run", directory.toString());
    agents.add(agent);
    return agent;
  }

  JobReport await(String wanted, Predicate<LinkStatus> condition) {
    try {
      return console.await(
          agent,
          incarnation,
          wanted,
          report -> !report.links().isEmpty() && condition.test(report.links().get(0)));
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + log(), e);
    }
  }

  /** The log of all incarnations. */
  String log() {
    try {
      return Files.readString(directory.resolve("agent.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the stream runs and what the source holds now is applied. */
  void awaitCaughtUp() {
    long offset = sourceOffset();
    await(
        "applied up to " + offset,
        link -> link.phase() == Phase.INCREMENTAL && link.appliedOffset() >= offset);
  }

  long sourceOffset() {
    try (RespClient client = source.client()) {
      return Long.parseLong(client.info("replication").get("master_repl_offset"));
    }
  }

  /** Lets the job drain and remove its checkpoint; returns the agent's exit code. */
  int finish() {
    console.direct(Desired.FINISH, LimitSpec.none());
    return agent.exitCode();
  }

  @Override
  public void close() {
    writing = false;
    agents.forEach(AgentProcess::close);
    proxy.close();
    console.close();
  }

  private SyncSpec spec() {
    return SyncSpec.of("scenario", endpoint(source.port()), endpoint(proxy.port()))
        // A small ring, so that what waits soon lies on disk alone.
        .relayMemoryBytes(256 << 10)
        .build();
  }

  private static RedisEndpoint endpoint(int port) {
    return new RedisEndpoint(Topology.STANDALONE, List.of("127.0.0.1:" + port), "", null);
  }
}
