package io.cachesync.agent.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.Sampler;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PsyncSourceIT {
  private static final Duration SILENCE = Duration.ofSeconds(60);

  /** A source that runs on a thread of its own. */
  private record Running(
      PsyncSource source, RecordingSink sink, AtomicLong applied, CompletableFuture<Void> end)
      implements AutoCloseable {
    static Running start(int port, ReplicationPosition from) {
      return start(port, from, "", "", SILENCE);
    }

    static Running start(
        int port, ReplicationPosition from, String user, String password, Duration silence) {
      RedisEndpoint endpoint =
          new RedisEndpoint(Topology.STANDALONE, List.of("127.0.0.1:" + port), user, null);
      RecordingSink sink = new RecordingSink();
      AtomicLong applied = new AtomicLong(-1);
      PsyncSource source =
          new PsyncSource(
              new RedisClient(endpoint, password),
              new HostAndPort("127.0.0.1", port),
              sink,
              applied::get,
              silence,
              Clock.systemUTC());
      CompletableFuture<Void> end = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  source.run(from);
                  end.complete(null);
                } catch (Exception e) {
                  end.completeExceptionally(e);
                }
              });
      thread.start();
      return new Running(source, sink, applied, end);
    }

    /** Waits until the server's offset is stable and received. */
    void awaitQuiet(RespClient client) {
      Awaitility.await()
          .failFast(end::isCompletedExceptionally)
          .until(
              () -> {
                long before = offsetOf(client);
                return source.receivedOffset() == before
                    && sink.offset() == before
                    && offsetOf(client) == before;
              });
      assertThat(sink.problem()).isEmpty();
    }

    @Override
    public void close() throws Exception {
      source.close();
      end.handle((ok, failed) -> null).get(60, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "V2_8, no",
    "V3_2, no",
    "V6_0, yes",
    "V6_2, no",
    "V6_2, yes",
    "V7_0, no",
    "V7_0, yes",
    "V7_4, no",
    "V7_4, yes"
  })
  void receivesTheWholeSnapshotAndStream(ServerVersion version, String diskless) throws Exception {
    try (RedisServer server =
            new RedisServer(version)
                .withoutPings()
                .option("repl-diskless-sync", diskless)
                .option("repl-diskless-sync-delay", "1")
                .start();
        RespClient client = server.client()) {
      List<String[]> load = new ArrayList<>();
      for (int i = 0; i < 20_000; i++) {
        load.add(new String[] {"SET", "before:" + i, "value " + i});
      }
      client.pipeline(load);
      client.call("SELECT", "5");
      client.call("SET", "in5", "x");
      try (Running running = Running.start(server.port(), ReplicationPosition.NONE)) {
        RecordingSink sink = running.sink();
        for (int i = 0; i < 20_000; i++) {
          client.call("INCRBY", "counter", Integer.toString(i));
        }
        running.awaitQuiet(client);
        assertThat(sink.rdbEnded()).isTrue();
        assertThat(sink.announcedRdbBytes())
            .isEqualTo(diskless.equals("yes") ? -1 : sink.rdbBytes().length);
        assertThat(sink.rdbKeys()).hasSizeBetween(20_001, 20_002).contains("5:in5", "0:before:7");
        client.call("SET", "last", "one");
        running.awaitQuiet(client);
        assertThat(sink.streamText()).endsWith("$3\r\none\r\n");
        assertThat(running.source().commandsReceived()).isPositive();
      }
    }
  }

  /** A machine that was set back as a whole has the same id; a replica is brought up. */
  @Test
  void begsForNoSnapshotWhereTheSourceStandsBehindWhatItHasSent() throws Exception {
    try (RedisServer server = new RedisServer(ServerVersion.V7_0).start();
        RedisServer replica =
            new RedisServer(ServerVersion.V7_0)
                .option("replicaof", "127.0.0.1 " + server.port())
                .start();
        RespClient client = server.client()) {
      client.call("SET", "a", "1");
      long written = server.replOffset();
      Awaitility.await().until(() -> replica.replOffset() >= written);
      String replId = client.info("replication").get("master_replid");
      String forks = client.info("stats").get("total_forks");
      ReplicationPosition ahead = new ReplicationPosition(replId, written + 1_000_000, 0);
      assertEnds(server, ahead, FaultCode.SOURCE_REPLACED, false);
      assertEnds(replica, ahead, FaultCode.SOURCE_REFUSED, true);
      assertThat(client.info("stats").get("total_forks")).isEqualTo(forks);
    }
  }

  private static void assertEnds(
      RedisServer server, ReplicationPosition from, FaultCode code, boolean retryable)
      throws Exception {
    try (Running running = Running.start(server.port(), from)) {
      assertThatThrownBy(() -> running.end().get(60, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOfSatisfying(
              FaultException.class,
              e -> {
                assertThat(e.fault().code()).isEqualTo(code);
                assertThat(e.fault().retryable()).isEqualTo(retryable);
              });
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2", "V7_0", "V7_4"})
  void resumesFromTheLastOffset(ServerVersion version) throws Exception {
    try (RedisServer server = new RedisServer(version).start();
        RespClient client = server.client()) {
      client.call("SELECT", "3");
      client.call("SET", "a", "1");
      ReplicationPosition position;
      try (Running running = Running.start(server.port(), ReplicationPosition.NONE)) {
        Awaitility.await().until(() -> running.sink().rdbEnded());
        client.call("SET", "a", "2");
        running.awaitQuiet(client);
        position = new ReplicationPosition(running.sink().replId(), running.sink().offset(), 3);
      }
      client.call("SET", "a", "3");
      try (Running running = Running.start(server.port(), position)) {
        running.awaitQuiet(client);
        assertThat(running.sink().isResumed()).isTrue();
        assertThat(running.sink().streamText()).contains("$1\r\n3\r\n").doesNotContain("$1\r\n2");
        assertThat(running.sink().replId()).isEqualTo(position.replId());
      }
    }
  }

  @Test
  void tellsThatASourceCannotResume() throws Exception {
    try (RedisServer server = new RedisServer(ServerVersion.V7_0).start()) {
      ReplicationPosition unknown = new ReplicationPosition("0".repeat(40), 1000, 0);
      try (Running running = Running.start(server.port(), unknown)) {
        Awaitility.await().until(() -> running.sink().rdbEnded());
        assertThat(running.sink().isResumed()).isFalse();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"V2_8", "V6_2", "V7_0", "V7_4"})
  void acknowledgesWhatWasApplied(ServerVersion version) throws Exception {
    try (RedisServer server = new RedisServer(version).start();
        RespClient client = server.client();
        Running running = Running.start(server.port(), ReplicationPosition.NONE)) {
      Awaitility.await().until(() -> running.sink().rdbEnded());
      client.call("SET", "a", "1");
      running.awaitQuiet(client);
      running.applied().set(running.sink().offset());
      long applied = running.sink().offset();
      Awaitility.await()
          .until(() -> client.info("replication").get("slave0").contains("offset=" + applied));
      if (version.atLeast(ServerVersion.V3_2)) {
        CompletableFuture<Void> follow =
            CompletableFuture.runAsync(
                () ->
                    Awaitility.await()
                        .pollInterval(Duration.ofMillis(5))
                        .until(
                            () -> {
                              running.applied().set(running.sink().offset());
                              return running.sink().streamText().contains("GETACK");
                            }));
        client.call("SET", "a", "2");
        assertThat(client.number("WAIT", "1", "50000")).isEqualTo(1);
        follow.get(60, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void needsTheSmallestAclOnly() throws Exception {
    try (RedisServer server =
            new RedisServer(ServerVersion.V7_0)
                .user("mig", "on >secret +psync +replconf +ping")
                .user("poor", "on >secret +ping +replconf")
                .start();
        RespClient client = server.client()) {
      client.call("SET", "a", "1");
      try (Running running =
          Running.start(server.port(), ReplicationPosition.NONE, "mig", "secret", SILENCE)) {
        Awaitility.await().until(() -> running.sink().rdbEnded());
        assertThat(running.sink().rdbKeys()).containsExactly("0:a");
      }
      assertThat(faultOf(server.port(), "poor", "secret")).isEqualTo(FaultCode.PSYNC_FORBIDDEN);
      assertThat(faultOf(server.port(), "mig", "wrong")).isEqualTo(FaultCode.AUTH_FAILED);
    }
  }

  @Test
  void tellsWhatKeepsItFromTheSource() throws Exception {
    assertThat(faultOf(RedisServer.freePort(), "", "")).isEqualTo(FaultCode.CONNECTION_REFUSED);
    try (RedisServer server =
        new RedisServer(ServerVersion.V6_2)
            .password("p4ss")
            .option("rename-command", "PSYNC hidden")
            .start()) {
      assertThat(faultOf(server.port(), "", "")).isEqualTo(FaultCode.AUTH_REQUIRED);
      assertThat(faultOf(server.port(), "", "p4ss")).isEqualTo(FaultCode.PSYNC_FORBIDDEN);
    }
    for (ServerVersion version : List.of(ServerVersion.V2_8, ServerVersion.V7_0)) {
      try (RedisServer orphan =
          new RedisServer(version)
              .option("slaveof", "127.0.0.1 " + RedisServer.freePort())
              .start()) {
        assertThat(faultOf(orphan.port(), "", "")).isEqualTo(FaultCode.MASTER_DOWN);
      }
    }
  }

  @Test
  void refusesASourceThatWouldTellAWrongOffset() throws Exception {
    try (RedisServer server =
        new RedisServer(ServerVersion.V2_8).option("repl-diskless-sync", "yes").start()) {
      assertThat(faultOf(server.port(), "", "")).isEqualTo(FaultCode.SOURCE_TOO_OLD);
    }
  }

  @Test
  void survivesANarrowConnectionAndGivesUpASilentOne() throws Exception {
    try (RedisServer server =
            new RedisServer(ServerVersion.V7_0).option("repl-ping-replica-period", "1000").start();
        FaultProxy proxy = new FaultProxy(server.port());
        RespClient client = server.client()) {
      for (int i = 0; i < 1000; i++) {
        client.call("SET", "k" + i, "v".repeat(i));
      }
      try (Running running =
          Running.start(proxy.port(), ReplicationPosition.NONE, "", "", Duration.ofSeconds(10))) {
        Awaitility.await().until(() -> running.sink().rdbEnded());
        client.call("SET", "last", "one");
        running.awaitQuiet(client);
        assertThat(running.sink().rdbKeys()).hasSize(1000);
        proxy.stall();
        assertThat(faultOf(running)).isEqualTo(FaultCode.CONNECTION_TIMEOUT);
      }
    }
  }

  @Test
  void aCutInsideTheSnapshotIsAFault() throws Exception {
    try (RedisServer server = new RedisServer(ServerVersion.V7_0).start();
        FaultProxy proxy = new FaultProxy(server.port());
        RespClient client = server.client()) {
      for (int i = 0; i < 100; i++) {
        client.call("SETRANGE", "k" + i, "100000", "x");
      }
      client.call("CONFIG", "SET", "rdbcompression", "no");
      proxy.cutAfter(1_000_000);
      try (Running running = Running.start(proxy.port(), ReplicationPosition.NONE)) {
        assertThat(faultOf(running)).isEqualTo(FaultCode.CONNECTION_LOST);
        assertThat(running.sink().rdbEnded()).isFalse();
      }
    }
  }

  @Test
  void passesHugeCommandsOnWhole() throws Exception {
    try (RedisServer server = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = server.client();
        Running running = Running.start(server.port(), ReplicationPosition.NONE)) {
      Awaitility.await().until(() -> running.sink().rdbEnded());
      client.call("SET", "huge", "x".repeat(20_000_000));
      client.call("SET", "small", "y");
      running.awaitQuiet(client);
      assertThat(running.sink().streamText()).hasSizeGreaterThan(20_000_000);
    }
  }

  /** Whoever applies them may be faster than the thread that has received them. */
  @Test
  void countsCommandsAsTheyAreHandedOnAndNoneThatAreNotTaken() throws Exception {
    try (RedisServer server = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = server.client()) {
      CountingSink sink = new CountingSink();
      HostAndPort node = new HostAndPort("127.0.0.1", server.port());
      RedisEndpoint endpoint =
          new RedisEndpoint(Topology.STANDALONE, List.of(node.toString()), "", null);
      sink.source =
          new PsyncSource(
              new RedisClient(endpoint, ""), node, sink, () -> -1, SILENCE, Clock.systemUTC());
      CompletableFuture<Void> run = CompletableFuture.runAsync(sink::run);
      Awaitility.await().until(() -> sink.rdbEnded);
      client.call("SET", "a", "1");
      assertThatThrownBy(() -> run.get(60, TimeUnit.SECONDS)).hasMessageContaining("not taken");
      assertThat(sink.counted).isPositive();
      assertThat(sink.source.commandsReceived()).isZero();
    }
  }

  @Test
  void samplesTheOffset() throws Exception {
    try (RedisServer server = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = server.client();
        Running running = Running.start(server.port(), ReplicationPosition.NONE)) {
      Awaitility.await().until(() -> running.sink().rdbEnded());
      client.call("SET", "a", "1");
      long offset = offsetOf(client);
      AtomicLong sampled = new AtomicLong();
      HostAndPort node = new HostAndPort("127.0.0.1", server.port());
      RedisEndpoint endpoint =
          new RedisEndpoint(Topology.STANDALONE, List.of(node.toString()), "", null);
      RedisClient source = new RedisClient(endpoint, "");
      try (Sampler sampler =
          new Sampler(
              source,
              Duration.ofMillis(10),
              new OffsetReading(
                  (millis, id, at, streamed) -> sampled.set(at),
                  false,
                  new Upstream(source, Clock.systemUTC(), (level, text) -> {}),
                  () -> 0,
                  Clock.systemUTC()))) {
        sampler.start("offsets");
        Awaitility.await().until(() -> sampled.get() >= offset);
      }
    }
  }

  private static FaultCode faultOf(int port, String user, String password) throws Exception {
    try (Running running = Running.start(port, ReplicationPosition.NONE, user, password, SILENCE)) {
      return faultOf(running);
    }
  }

  private static FaultCode faultOf(Running running) {
    AtomicLong code = new AtomicLong(-1);
    assertThatThrownBy(() -> running.end().get(60, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            ExecutionException.class,
            e -> code.set(((FaultException) e.getCause()).fault().code().ordinal()));
    return FaultCode.values()[(int) code.get()];
  }

  private static long offsetOf(RespClient client) {
    return Long.parseLong(client.info("replication").get("master_repl_offset"));
  }

  /** Takes no command, and notes how many were counted when the first was handed on. */
  private static final class CountingSink implements SourceSink {
    private volatile PsyncSource source;
    private volatile boolean rdbEnded;
    private volatile long counted = -1;

    void run() {
      try {
        source.run(ReplicationPosition.NONE);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void fullSync(String replId, long offset, long rdbBytes) {}

    @Override
    public void rdb(byte[] buffer, int offset, int length) {}

    @Override
    public void rdbEnd() {
      rdbEnded = true;
    }

    @Override
    public void writtenBy(StreamOrigin origin) {}

    @Override
    public void resumed(String replId, long offset) {}

    @Override
    public void stream(
        byte[] buffer, int offset, int length, long startOffset, int database, long millis)
        throws IOException {
      counted = source.commandsReceived();
      throw new IOException("not taken");
    }
  }
}
