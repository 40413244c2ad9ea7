package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.Folders;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** The links of a job with a cluster or several sources, in this JVM, with what they said. */
final class RunningLinks implements AutoCloseable {
  private static final AtomicInteger STARTS = new AtomicInteger();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What is unlike the default. */
  static final class Setup {
    private final Supplier<List<RedisServer>> masters;
    private final List<RedisEndpoint> sources;
    private final RedisEndpoint target;
    boolean afresh;
    ConflictPolicy onExists = ConflictPolicy.REFUSE;
    LimitSpec limits = LimitSpec.none();
    SyncMode mode = SyncMode.SYNC;
    FilterSpec filter = FilterSpec.everything();
    StartMode startMode = StartMode.FRESH_ALLOWED;
    Desired desired = Desired.RUN;

    /** Of the source; empty for all. */
    String slots = "";

    /** 0 for the default. */
    int parallelFullSyncs;

    /** Hears what the links say, on the thread that says it. */
    Consumer<String> onSaid = line -> {};

    Path workDir = Folders.create("links").resolve("relay");

    private Setup(
        Supplier<List<RedisServer>> masters, List<RedisEndpoint> sources, RedisEndpoint target) {
      this.masters = masters;
      this.sources = sources;
      this.target = target;
    }

    RunningLinks start() {
      return new RunningLinks(this);
    }

    SyncSpec spec() {
      return SyncSpec.of("task", sources.get(0), target)
          .moreSources(sources.subList(1, sources.size()))
          .mode(mode)
          .filter(filter)
          .onExists(onExists)
          .limits(limits)
          .afresh(afresh)
          .relayMemoryBytes(1 << 20)
          .relayMaxBytes(1L << 30)
          .slots(slots)
          .parallelFullSyncs(parallelFullSyncs)
          .build();
    }
  }

  private final Supplier<List<RedisServer>> masters;
  private final ShardLinks links;
  private final Consumer<String> onSaid;
  private final Queue<String> said = new ConcurrentLinkedQueue<>();
  private final Queue<Phase> phases = new ConcurrentLinkedQueue<>();

  private RunningLinks(Setup setup) {
    masters = setup.masters;
    onSaid = setup.onSaid;
    LinkSpec spec =
        new LinkSpec(
            0,
            setup.spec(),
            new JobSecrets("", "", ""),
            setup.workDir,
            "test-" + STARTS.incrementAndGet(),
            setup.startMode);
    links = new ShardLinks(spec, Listener::new, Clock.systemUTC(), Exactness.ALL);
    links.direct(setup.desired, null);
    links.start();
  }

  static Setup between(ClusterServers source, RedisServer target) {
    return new Setup(source::masters, cluster(source), RunningLink.endpoint(target.address()));
  }

  static Setup between(ClusterServers source, ClusterServers target) {
    return new Setup(
        source::masters,
        cluster(source),
        new RedisEndpoint(Topology.CLUSTER, target.addresses(), "", null));
  }

  private static List<RedisEndpoint> cluster(ClusterServers source) {
    return List.of(
        new RedisEndpoint(Topology.CLUSTER, List.of(source.addresses().get(0)), "", null));
  }

  /**
   * Several sources.
   *
   * @param masters by the numbers of the links
   */
  static Setup between(
      Supplier<List<RedisServer>> masters, List<RedisEndpoint> sources, RedisEndpoint target) {
    return new Setup(masters, sources, target);
  }

  List<LinkStatus> statuses() {
    return links.statuses();
  }

  ShardLinks links() {
    return links;
  }

  List<String> said() {
    return List.copyOf(said);
  }

  /** The phase of the job, each time one of its links has come to another. */
  List<Phase> phases() {
    return List.copyOf(phases);
  }

  boolean hasSaid(String part) {
    return said.stream().anyMatch(line -> line.contains(part));
  }

  /** Waits until every link is there, or one that is asked for. */
  RunningLinks await(String wanted, Predicate<List<LinkStatus>> condition) {
    Awaitility.await(wanted)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .failFast(
            () -> {
              if (links.outcome().isPresent()) {
                throw new AssertionError("ended: " + links.outcome() + "\n" + told());
              }
            })
        .until(() -> !statuses().isEmpty() && condition.test(statuses()));
    return this;
  }

  RunningLinks awaitPhase(Phase phase) {
    return await("phase " + phase, all -> links.phase() == phase);
  }

  /** Waits until every link has applied so many bytes more of its stream. */
  RunningLinks awaitApplied(long bytes) {
    awaitPhase(Phase.INCREMENTAL);
    Map<Integer, Long> begin =
        statuses().stream().collect(Collectors.toMap(LinkStatus::link, LinkStatus::appliedOffset));
    return await(
        "bytes applied by every link",
        all ->
            all.stream().allMatch(link -> link.appliedOffset() >= begin.get(link.link()) + bytes));
  }

  /** Waits until the target has all that the source has. */
  RunningLinks awaitCaughtUp() {
    awaitPhase(Phase.INCREMENTAL);
    Map<String, Long> written = written();
    return await(
        "caught up",
        all -> all.stream().allMatch(link -> isApplied(link, written) && link.inSync()));
  }

  /** The same while slots move, when none is in sync: until all that is written by now is there. */
  RunningLinks awaitWritten() {
    Map<String, Long> written = written();
    return await(
        "what was written", all -> all.stream().allMatch(link -> isApplied(link, written)));
  }

  private Map<String, Long> written() {
    return masters.get().stream()
        .collect(Collectors.toMap(RedisServer::address, RunningLinks::offset));
  }

  private static boolean isApplied(LinkStatus link, Map<String, Long> written) {
    return link.appliedOffset() >= written.getOrDefault(link.source(), Long.MAX_VALUE);
  }

  /** Waits until slots that have moved were fetched, all of them and by every link. */
  RunningLinks awaitSlotsFetched() {
    await(
        "slots that moved are fetched",
        all ->
            all.stream()
                .flatMap(link -> link.healed().stream())
                .anyMatch(each -> each.reason() == HealReason.SLOT_MOVED));
    // One link has fetched some of its own by then; none is in its stream before it has all.
    return awaitCaughtUp();
  }

  private static long offset(RedisServer master) {
    try (RespClient client = master.client()) {
      return Long.parseLong(client.info("replication").get("master_repl_offset"));
    }
  }

  void direct(Desired desired) {
    links.direct(desired, null);
  }

  LinkOutcome finish() {
    direct(Desired.FINISH);
    return end();
  }

  /** With nothing left over, nothing listed and nothing unaccounted for. */
  void finishWell() {
    assertThat(finish().phase()).as("%s", said()).isEqualTo(Phase.DONE);
    assertThat(statuses())
        .allSatisfy(link -> assertThat(link.ledger().balanced()).as("%s", link).isTrue())
        .allSatisfy(link -> assertThat(link.deadLetters()).isEmpty());
  }

  LinkOutcome stop() {
    direct(Desired.STOP);
    return end();
  }

  /** As {@code kill -9} would, but for what stands in this JVM's memory. */
  void crash() {
    links.crash();
    end();
  }

  LinkOutcome end() {
    Awaitility.await("the end")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .conditionEvaluationListener(
            evaluated -> {
              if (evaluated.getRemainingTimeInMS() < 100) {
                said.add("does not end: " + statuses());
              }
            })
        .until(() -> links.outcome().isPresent());
    return links.outcome().orElseThrow();
  }

  private String told() {
    return String.join("\n", said);
  }

  @Override
  public void close() {
    if (links.outcome().isEmpty()) {
      stop();
    }
  }

  private final class Listener implements LinkListener {
    private final int link;

    Listener(int link) {
      this.link = link;
    }

    @Override
    public void log(LogLevel level, String text) {
      said.add(link + " " + level + " " + text);
      onSaid.accept(text);
    }

    @Override
    public void phaseChanged(Phase phase, Fault fault) {
      phases.add(links.phase());
      said.add(link + " phase " + phase + (fault == null ? "" : " " + fault));
    }
  }
}
