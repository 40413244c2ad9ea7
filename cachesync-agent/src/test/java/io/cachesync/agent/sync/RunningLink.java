package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Healed;
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
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.Folders;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.SentinelServers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/** A link in this JVM, with what it said. */
final class RunningLink implements AutoCloseable {
  private static final AtomicInteger STARTS = new AtomicInteger();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What is unlike the default. */
  static final class Setup {
    final String source;
    RedisEndpoint target;
    RedisEndpoint sourceEndpoint;
    String task = "task";
    SyncMode mode = SyncMode.SYNC;
    FilterSpec filter = FilterSpec.everything();
    ConflictPolicy onExists = ConflictPolicy.REFUSE;
    LimitSpec limits = LimitSpec.none();
    boolean afresh;
    Exactness exactness = Exactness.ALL;
    boolean acceptEvictions;
    UnsupportedPolicy onUnsupported = UnsupportedPolicy.STOP;
    long graceMillis = SyncSpec.DEFAULT_EXPIRY_GRACE_MILLIS;
    StartMode startMode = StartMode.FRESH_ALLOWED;
    Desired desired = Desired.RUN;

    /** Hears what the link says, on the link's own thread: until it returns the link waits. */
    Consumer<String> onSaid = line -> {};

    Path workDir = Folders.create("link");
    long relayMaxBytes = 1L << 30;

    Setup(String source, String target) {
      this(source, endpoint(target));
    }

    Setup(String source, RedisEndpoint target) {
      this.source = source;
      this.sourceEndpoint = endpoint(source);
      this.target = target;
    }

    SyncSpec spec() {
      return SyncSpec.of(task, sourceEndpoint, target)
          .mode(mode)
          .filter(filter)
          .onExists(onExists)
          .limits(limits)
          .afresh(afresh)
          .relayMemoryBytes(1 << 20)
          .relayMaxBytes(relayMaxBytes)
          .acceptEvictions(acceptEvictions)
          .onUnsupported(onUnsupported)
          .expiryGraceMillis(graceMillis)
          .build();
    }

    RunningLink start() {
      return new RunningLink(this);
    }
  }

  private final Link link;
  private volatile String source;
  private final Queue<String> said = new ConcurrentLinkedQueue<>();
  private final Queue<Phase> phases = new ConcurrentLinkedQueue<>();

  private RunningLink(Setup setup) {
    source = setup.source;
    LinkListener listener =
        new LinkListener() {
          @Override
          public void log(LogLevel level, String text) {
            said.add(level + " " + text);
            setup.onSaid.accept(text);
          }

          @Override
          public void phaseChanged(Phase phase, Fault fault) {
            phases.add(phase);
            said.add("phase " + phase + (fault == null ? "" : " " + fault));
          }
        };
    LinkSpec spec =
        new LinkSpec(
            0,
            setup.spec(),
            new JobSecrets("", "", ""),
            setup.workDir,
            "test-" + STARTS.incrementAndGet(),
            setup.startMode);
    link = new Link(spec, listener, Clock.systemUTC(), setup.exactness);
    link.direct(setup.desired, null);
    link.start();
  }

  static Setup between(RedisServer source, RedisServer target) {
    return new Setup(source.address(), target.address());
  }

  static Setup between(RedisServer source, ClusterServers target) {
    RedisEndpoint cluster = new RedisEndpoint(Topology.CLUSTER, target.addresses(), "", null);
    return new Setup(source.address(), cluster);
  }

  static Setup between(SentinelServers source, SentinelServers target) {
    Setup setup = new Setup(source.master().address(), endpoint(target));
    setup.sourceEndpoint = endpoint(source);
    return setup;
  }

  static Setup between(SentinelServers source, RedisServer target) {
    Setup setup = new Setup(source.master().address(), target.address());
    setup.sourceEndpoint = endpoint(source);
    return setup;
  }

  private static RedisEndpoint endpoint(SentinelServers servers) {
    return new RedisEndpoint(
        Topology.SENTINEL, servers.addresses(), "", null, Map.of(), SentinelServers.NAME);
  }

  static RedisEndpoint endpoint(String address) {
    return new RedisEndpoint(Topology.STANDALONE, List.of(address), "", null);
  }

  /** A value that does not compress, so that a snapshot is as large as it looks. */
  static String noise(int length) {
    byte[] bytes = new byte[length];
    ThreadLocalRandom.current().nextBytes(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** The source is here now. */
  void sourceIs(RedisServer node) {
    source = node.address();
  }

  LinkStatus status() {
    return link.status();
  }

  Link link() {
    return link;
  }

  List<String> said() {
    return List.copyOf(said);
  }

  boolean wasIn(Phase phase) {
    return phases.contains(phase);
  }

  void direct(Desired desired) {
    link.direct(desired, null);
  }

  RunningLink awaitPhase(Phase phase) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .failFast(
            () -> {
              if (link.outcome().isPresent() && link.status().phase() != phase) {
                throw new AssertionError("ended: " + link.outcome() + "\n" + said);
              }
            })
        .until(() -> link.status().phase() == phase);
    return this;
  }

  /** Waits until the target has all that the source has. */
  RunningLink awaitCaughtUp() {
    awaitPhase(Phase.INCREMENTAL);
    // The link's own sample may be older than what the test has just written.
    long written = sourceOffset();
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .failFast(
            () -> {
              if (link.outcome().isPresent()) {
                throw new AssertionError("ended: " + link.outcome() + "\n" + said);
              }
            })
        .until(
            () ->
                link.status().appliedOffset() >= written
                    && link.status().inSync()
                    && link.status().lagBytes() == 0);
    return this;
  }

  /** Waits until so many more bytes of the stream are at the target than when this is called. */
  RunningLink awaitApplied(long bytes) {
    return awaitAppliedUpTo(link.status().appliedOffset() + bytes);
  }

  /** The same of an offset, for who must have looked before the writes where the target stood. */
  RunningLink awaitAppliedUpTo(long offset) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(2))
        .failFast(
            () -> {
              if (link.outcome().isPresent()) {
                throw new AssertionError("ended: " + link.outcome() + "\n" + said);
              }
            })
        .until(() -> link.status().appliedOffset() >= offset);
    return this;
  }

  /** Lets the link find all of these waiting at once. */
  void behind(RedisServer from, List<String[]> commands) {
    direct(Desired.PAUSE);
    awaitPhase(Phase.PAUSED);
    long before = status().receivedOffset();
    from.pipeline(commands);
    long written = from.replOffset();
    if (written <= before) {
      throw new AssertionError("nothing was written");
    }
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> status().receivedOffset() >= written && status().sourceOffset() >= written);
    direct(Desired.RUN);
  }

  /** How many keys were healed for this reason. */
  long healed(HealReason reason) {
    return status().healed().stream()
        .filter(healed -> healed.reason() == reason)
        .mapToLong(Healed::keys)
        .sum();
  }

  private long sourceOffset() {
    HostAndPort address = HostAndPort.parse(source);
    try (RespClient client = new RespClient(address.host(), address.port())) {
      return Long.parseLong(client.info("replication").get("master_repl_offset"));
    }
  }

  LinkOutcome end() {
    try {
      return CompletableFuture.supplyAsync(this::awaitEnd)
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("does not end, " + link.status() + "\n" + said, e);
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  LinkOutcome finish() {
    direct(Desired.FINISH);
    return end();
  }

  LinkOutcome stop() {
    direct(Desired.STOP);
    return end();
  }

  /** As {@code kill -9} would, but for what stands in this JVM's memory. */
  void crash() {
    link.crash();
    end();
  }

  private LinkOutcome awaitEnd() {
    try {
      return link.awaitEnd();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (link.outcome().isEmpty()) {
      stop();
    }
  }
}
