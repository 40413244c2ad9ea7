package io.cachesync.agent.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.sample.SampleWriter;
import io.cachesync.contract.ContinuousReport;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The check that follows a task's stream. */
class ContinuousCheckIT {
  private static final long KEYS = 2000;
  private static final long SEED = 7;

  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_4);

  private static final long LOOKS_AT_ONCE = 10_000;

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @Test
  void nothingIsSaidToDifferWhileItIsWritten() throws Exception {
    underWriteLoad(4_000);
  }

  @Test
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void nothingIsSaidToDifferForALongTime() throws Exception {
    underWriteLoad(300_000);
  }

  private static void underWriteLoad(long looks) throws Exception {
    fill();
    AtomicBoolean writing = new AtomicBoolean(true);
    try (RunningJob job = new RunningJob(endpoint(SOURCE), endpoint(TARGET), 10_000)) {
      job.awaitStream(0);
      CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(writing));
      CompletableFuture<Void> hot = CompletableFuture.runAsync(() -> writeOneKey(writing));
      ContinuousReport during = null;
      // A machine that is busy makes a thousand a second: each of these waits has its own patience.
      for (long wanted = 0; wanted < looks; ) {
        wanted = Math.min(looks, wanted + LOOKS_AT_ONCE);
        long enough = wanted;
        during = job.awaitCheck(wanted + " looks", report -> report.compared() >= enough);
        assertThat(during.different()).as("%s", during).isZero();
      }
      writing.set(false);
      writer.join();
      hot.join();
      job.awaitStream(SOURCE.replOffset());
      ContinuousReport after =
          job.awaitCheck(
              "nothing open or settling", report -> report.open() + report.settling() == 0);
      assertThat(after.different()).as("%s", after).isZero();
      assertThat(job.log()).doesNotContain("differs");
    }
  }

  @Test
  void namesWhatSomebodyElseSpoiltOnceItIsTouched() throws Exception {
    call(SOURCE, "HSET h a 1 b 2", "RPUSH l a b c", "ZADD z 0.1 a", "SADD s a b", "SET still v");
    call(SOURCE, "SET k\u0000\u00ff v", "SELECT 3", "SET three v", "SADD gone a b");
    try (RunningJob job = new RunningJob(endpoint(SOURCE), endpoint(TARGET), 1000)) {
      job.awaitStream(SOURCE.replOffset());
      call(TARGET, "HSET h b spoilt", "LSET l 1 x", "ZADD z 0.10000000000000002 a", "SADD s x");
      call(TARGET, "SET still other", "PEXPIREAT k\u0000\u00ff 4102444800000");
      call(TARGET, "SELECT 3", "APPEND three x", "DEL gone");
      call(SOURCE, "HSET h c 3", "RPUSH l d", "ZADD z 5 b", "SADD s c", "APPEND k\u0000\u00ff w");
      // A time to live would let it be asked for, and fetched again, where this comes late.
      call(SOURCE, "SELECT 3", "APPEND three w", "SREM gone b", "SET fine v");
      ContinuousReport found = job.awaitCheck("seven differ", report -> report.different() == 7);
      assertThat(found.keys())
          .extracting(key -> key.database() + " " + key.name() + " " + key.kinds())
          .containsExactlyInAnyOrder(
              "0 h " + List.of(DifferenceKind.FIELD_VALUE),
              "0 l " + List.of(DifferenceKind.ELEMENT),
              "0 z " + List.of(DifferenceKind.SCORE),
              "0 s " + List.of(DifferenceKind.MEMBER_EXTRA),
              "0 k\\x00\\xff " + List.of(DifferenceKind.TTL),
              "3 three " + List.of(DifferenceKind.VALUE),
              "3 gone " + List.of(DifferenceKind.MISSING));
      // Counted before it is told.
      Awaitility.await()
          .until(() -> job.log().contains("key h of database 0 differs (FIELD_VALUE)"));

      call(SOURCE, "HSET h b 2", "DEL l z s k\u0000\u00ff", "SELECT 3", "DEL three gone");
      job.awaitCheck("all are equal again", report -> report.different() == 0);
    }
  }

  @Test
  void takesAShareWhereKeysComeFasterThanTheyMayBeCompared() throws Exception {
    try (RunningJob job = new RunningJob(endpoint(SOURCE), endpoint(TARGET), 100)) {
      job.awaitStream(0);
      List<String[]> commands = new ArrayList<>();
      for (int i = 0; i < 60_000; i++) {
        commands.add(new String[] {"SET", "key:" + i, "v"});
      }
      SOURCE.pipeline(commands);
      job.awaitCheck("a share", now -> now.sharePercent() < 100);
      job.awaitStream(SOURCE.replOffset());
      ContinuousReport later = job.awaitCheck("less is open", now -> now.open() < 15_000);
      assertThat(later.compared()).isLessThan(60_000);
      assertThat(later.different()).isZero();
    }
  }

  @Test
  void isOffWhereItIsNotAskedFor() throws Exception {
    try (RunningJob job = new RunningJob(endpoint(SOURCE), endpoint(TARGET), 0)) {
      job.awaitStream(0);
      assertThat(job.last().continuous()).isNull();
    }
  }

  private static void fill() throws IOException {
    try (SampleWriter writer = SampleWriter.connect(endpoint(SOURCE), "")) {
      writer.fill(KEYS, SEED);
    }
  }

  private static void write(AtomicBoolean running) {
    try (SampleWriter writer = SampleWriter.connect(endpoint(SOURCE), "")) {
      writer.trickle(KEYS, SEED, 5000, running::get);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Never still for long enough to be proved anything of; it expires and comes back, too. */
  private static void writeOneKey(AtomicBoolean running) {
    try (RespClient client = SOURCE.client()) {
      for (int i = 0; running.get(); i++) {
        client.call("INCR", "hot");
        client.call("SET", "short:" + i % 50, "v", "PX", "5");
        // What has expired meanwhile is refused.
        client.send("RENAME", "short:" + i % 50, "moved:" + i % 50);
        client.read();
        client.call("MOVE", "moved:" + i % 50, "5");
      }
    }
  }

  private static void call(RedisServer server, String... commands) {
    try (RespClient client = server.client()) {
      for (String command : commands) {
        client.call(command.split(" ", -1));
      }
    }
  }

  private static RedisEndpoint endpoint(RedisServer server) {
    return new RedisEndpoint(Topology.STANDALONE, List.of(server.address()), "", null);
  }
}
