package io.cachesync.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What was read of the target after a take-over is final, although a former writer's transaction
 * waits in the socket of a busy server. A server reads 16 KB per connection and round: of many such
 * pieces that wait, each of which keeps it busy for longer than a new writer needs for its next
 * question, the last one comes behind the take-over, on a fast machine and on a slow one.
 */
class FenceIT {
  private static final int ROUNDS = 5;
  private static final int ROUNDS_WITHOUT = 20;

  /** What a server reads of a connection at once, in bytes. */
  private static final int PIECE_BYTES = 16 << 10;

  /** A take-over asks about forty times, and a question may wait for two pieces. */
  private static final int PIECES = 512;

  /** In seconds, as DEBUG SLEEP takes it. */
  private static final String BUSY_WITH_A_PIECE = "0.002";

  private static final OwnKeys KEYS = new OwnKeys("cachesync:", "task", 0, 0);
  private static final Claim CLAIM = new Claim("task", List.of());

  @ParameterizedTest
  @CsvSource({"V2_8, false", "V7_0, false", "V7_0, true"})
  void whatWasReadIsFinal(ServerVersion version, boolean ioThreads) throws Exception {
    try (RedisServer target = new RedisServer(version)) {
      if (ioThreads) {
        target.option("io-threads", "2").option("io-threads-do-reads", "yes");
      }
      target.start();
      for (int round = 0; round < ROUNDS; round++) {
        assertThat(changesAfterTakeOver(target, true)).as("round " + round).isFalse();
      }
    }
  }

  /** The same experiment without the fence fails, or the test above would show nothing. */
  @Test
  void withoutTheFenceItIsNot() throws Exception {
    try (RedisServer target = new RedisServer(ServerVersion.V7_0).start()) {
      boolean changes = false;
      // On a machine that is busy the transaction may be over before the take-over is.
      for (int round = 0; round < ROUNDS_WITHOUT && !changes; round++) {
        changes = changesAfterTakeOver(target, false);
      }
      assertThat(changes).isTrue();
    }
  }

  @Test
  void aWriterThatWasTakenOverIsFencedWhenItComesBack() throws Exception {
    try (RedisServer target = new RedisServer(ServerVersion.V7_0).start()) {
      TargetCheckpointStore former = store(target, true);
      TargetCheckpointStore next = store(target, true);
      try (RedisConnection old = former.takeOver(false, false);
          RedisConnection current = next.takeOver(false, false)) {
        assertThat(next.epoch().number()).isEqualTo(former.epoch().number() + 1);
        assertThat(next.endedWriters()).isEqualTo(1);
        assertThatThrownBy(() -> old.call("PING")).isInstanceOf(RedisException.class);
        assertThatThrownBy(former::reconnect)
            .isInstanceOfSatisfying(
                FaultException.class,
                e -> assertThat(e.fault().code()).isEqualTo(FaultCode.FENCED));
        assertThat(current.call("PING").text()).isEqualTo("PONG");
      }
    }
  }

  @Test
  void aWriterEndsItsOwnFormerConnection() throws Exception {
    try (RedisServer target = new RedisServer(ServerVersion.V2_8).start()) {
      TargetCheckpointStore store = store(target, true);
      try (RedisConnection former = store.takeOver(false, false);
          RedisConnection again = store.reconnect()) {
        assertThat(store.endedWriters()).isEqualTo(1);
        assertThatThrownBy(() -> former.call("PING")).isInstanceOf(RedisException.class);
        assertThat(again.call("PING").text()).isEqualTo("PONG");
      }
    }
  }

  @Test
  void startsAtTheSameMomentGetDifferentEpochs() throws Exception {
    try (RedisServer target = new RedisServer(ServerVersion.V7_0).start()) {
      List<CompletableFuture<Long>> starts =
          Stream.generate(() -> store(target, true))
              .limit(8)
              .map(store -> CompletableFuture.supplyAsync(() -> epochOf(store)))
              .toList();
      List<Long> taken = starts.stream().map(CompletableFuture::join).filter(e -> e > 0).toList();
      assertThat(taken).isNotEmpty().doesNotHaveDuplicates();
    }
  }

  private static long epochOf(TargetCheckpointStore store) {
    try (RedisConnection taken = store.takeOver(false, false)) {
      return store.epoch().number();
    } catch (RedisException e) {
      // Taken over by another start before it was through.
      return store.epoch().number();
    }
  }

  /**
   * A former writer's transaction waits at a busy server, a new one takes over.
   *
   * @return whether the checkpoint that the new writer has read changed afterwards
   */
  private static boolean changesAfterTakeOver(RedisServer target, boolean fenced) throws Exception {
    target.flush();
    TargetCheckpointStore former = store(target, true);
    TargetCheckpointStore next = store(target, fenced);
    try (RedisConnection old = former.takeOver(false, false);
        RedisConnection sleeper = client(target).connect()) {
      Checkpoint first = FirstCopy.of(former, old, KEYS);
      sleeper.out().command("DEBUG", "SLEEP", "0.5");
      sleeper.flush();
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(() -> sendAndRead(old, transaction(first)));
      try (RedisConnection current = next.takeOver(false, false)) {
        assertThat(sleeper.read().text()).isEqualTo("OK");
        assertThat(next.checkpoint()).isPresent();
        Awaitility.await().until(sent::isDone);
        String now = current.call("GET", KEYS.checkpoint()).text();
        return !now.equals(next.checkpoint().get().text());
      }
    }
  }

  private static byte[] transaction(Checkpoint first) {
    RespWriter out = new RespWriter();
    String padding = "x".repeat(PIECE_BYTES);
    for (int piece = 0; piece < PIECES; piece++) {
      out.command("APPEND", "value", padding).command("DEBUG", "SLEEP", BUSY_WITH_A_PIECE);
    }
    return out.command("MULTI")
        .command("GETSET", KEYS.checkpoint(), first.at("id", 200, 0, Ledger.EMPTY).text())
        .command("EXEC")
        .toByteArray();
  }

  /** Until EXEC is answered or the connection is ended. */
  private static void sendAndRead(RedisConnection connection, byte[] transaction) {
    try {
      connection.write(transaction, 0, transaction.length);
      while (!connection.read().isArray()) {
        // OK, QUEUED and lengths
      }
    } catch (RedisException e) {
      // It was fenced.
    }
  }

  private static TargetCheckpointStore store(RedisServer target, boolean fenced) {
    RedisClient client = client(target);
    if (fenced) {
      return new TargetCheckpointStore(client, KEYS, CLAIM, "everything", "test");
    }
    Exactness withoutFence =
        new Exactness() {
          @Override
          public boolean endsOtherWriters(int link) {
            return false;
          }
        };
    return new TargetCheckpointStore(
        client, KEYS, CLAIM, "everything", "test", withoutFence, SlotRanges.ALL);
  }

  private static RedisClient client(RedisServer server) {
    return new RedisClient(
        new RedisEndpoint(Topology.STANDALONE, List.of(server.address()), "", null), "");
  }
}
