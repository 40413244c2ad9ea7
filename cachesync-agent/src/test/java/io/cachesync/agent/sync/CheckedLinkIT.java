package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cachesync.agent.sample.SampleWriter;
import io.cachesync.agent.verify.Checked;
import io.cachesync.contract.CheckDifference;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Both sides of a link that runs are checked while the source is written. */
class CheckedLinkIT {
  private static final boolean ALL = "all".equals(System.getProperty("cachesync.test.scope"));
  private static final int CHECKS = ALL ? 30 : 2;
  private static final int KEYS = 2000;

  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_4);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_4);

  private final AtomicBoolean running = new AtomicBoolean(true);

  @Test
  void writesInFlightAreNoDifferencesAndADamageBesideThemIs() throws Exception {
    try (SampleWriter writer = SampleWriter.connect(RunningLink.endpoint(SOURCE.address()), "");
        RunningLink link = RunningLink.between(SOURCE, TARGET).start()) {
      writer.fill(KEYS, 1);
      link.awaitCaughtUp();
      CompletableFuture<Long> trickle = CompletableFuture.supplyAsync(() -> trickle(writer));
      CompletableFuture<Long> hot = CompletableFuture.supplyAsync(this::writeHotKeys);
      try {
        for (int i = 0; i < CHECKS; i++) {
          Checked checked = check();
          assertThat(checked.differences()).isEmpty();
          assertThat(checked.report().settled().get(0).keysCompared()).isGreaterThan(KEYS);
        }
        try (RespClient target = TARGET.client()) {
          target.call("HSET", "hot hash", "still", "damaged");
        }
        assertThat(check().differences())
            .extracting(CheckDifference::key, CheckDifference::field)
            .containsExactly(tuple("hot hash", "still"));
      } finally {
        running.set(false);
      }
      assertThat(trickle.get()).isPositive();
      assertThat(hot.get()).isPositive();
    }
  }

  /** On a busy machine the target may be some seconds behind. */
  private static Checked check() {
    Checked checked = Checked.between(SOURCE, TARGET).rounds(12, 500).run();
    assertThat(checked.isDone()).as("%s", checked.report()).isTrue();
    return checked;
  }

  private long trickle(SampleWriter writer) {
    try {
      return writer.trickle(KEYS, 1, 500, running::get);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Keys that are never the same twice, that come and go, and one field that stays. */
  private long writeHotKeys() {
    long writes = 0;
    try (RespClient client = SOURCE.client()) {
      client.call("HSET", "hot hash", "still", "v");
      for (; running.get(); writes++) {
        String number = Long.toString(writes);
        client.call("HINCRBY", "hot hash", "count", "1");
        client.call("SET", "hot string", number);
        client.call("LPUSH", "hot list", number);
        client.call("LTRIM", "hot list", "0", "100");
        client.call("ZADD", "hot scores", number, "member-" + writes % 50);
        client.call("SET", "short life " + writes % 100, number, "PX", "300");
        client.call("HSET", "hot times", "f" + writes % 20, number);
        client.call("HPEXPIRE", "hot times", "2000", "FIELDS", "1", "f" + writes % 20);
        client.call("XADD", "hot stream", "MAXLEN", "50", "*", "n", number);
        client.call(writes % 2 == 0 ? "DEL" : "INCR", "comes and goes");
      }
    }
    return writes;
  }
}
