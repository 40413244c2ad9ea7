package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.sample.SampleWriter;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a newer source has crosses to an older target, or is listed. */
class OlderTargetIT {
  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_4);
  @RegisterExtension static final RedisServer OLD = new RedisServer(ServerVersion.V2_8);

  private static final long KEYS = 2000;
  private static final long RATE = 2000;

  /** Bytes of the stream between two looks. */
  private static final long SOME_BYTES = 150_000;

  @BeforeEach
  void empty() {
    SOURCE.flush();
    OLD.flush();
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2"})
  void everyTypeAndCommandCrosses(ServerVersion older) throws Exception {
    try (RedisServer target = new RedisServer(older).start()) {
      crosses(SOURCE, target);
    }
  }

  @ParameterizedTest
  @CsvSource({"V7_4, V7_0", "V7_4, V6_0", "V7_4, V3_2", "V7_0, V6_2", "V6_2, V3_2", "V6_0, V2_8"})
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void everyPairCrosses(ServerVersion newer, ServerVersion older) throws Exception {
    try (RedisServer source = new RedisServer(newer).start();
        RedisServer target = new RedisServer(older).start()) {
      crosses(source, target);
    }
  }

  private static void crosses(RedisServer source, RedisServer target) throws Exception {
    RunningLink.Setup setup = RunningLink.between(source, target);
    setup.onUnsupported = UnsupportedPolicy.SKIP;
    AtomicBoolean writing = new AtomicBoolean(true);
    try (SampleWriter writer = SampleWriter.connect(setup.sourceEndpoint, "")) {
      writer.fill(KEYS, 1);
      CompletableFuture<Long> writes = CompletableFuture.supplyAsync(() -> write(writer, writing));
      try (RunningLink link = setup.start()) {
        link.awaitPhase(Phase.INCREMENTAL).awaitApplied(SOME_BYTES);
        link.crash();
      }
      try (RunningLink link = setup.start()) {
        link.awaitPhase(Phase.INCREMENTAL).awaitApplied(SOME_BYTES);
        writing.set(false);
        assertThat(writes.get()).isPositive();
        link.awaitCaughtUp();
        LinkStatus status = link.status();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(status.ledger().balanced()).as("%s", status.ledger()).isTrue();
        removeWhatCannotCross(source, target, status);
        DatasetComparer.assertEqual(source, target);
      }
    } finally {
      writing.set(false);
    }
  }

  private static long write(SampleWriter writer, AtomicBoolean writing) {
    try {
      return writer.trickle(KEYS, 2, RATE, writing::get);
    } catch (io.cachesync.agent.redis.RedisException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Streams are to be listed and not to be found at a target that has none. */
  private static void removeWhatCannotCross(
      RedisServer source, RedisServer target, LinkStatus status) {
    if (target.version().atLeast(ServerVersion.V6_0)
        || !source.version().atLeast(ServerVersion.V6_0)) {
      return;
    }
    List<String> streams = new ArrayList<>();
    try (RespClient from = source.client();
        RespClient to = target.client()) {
      for (String database : List.of("0", "1", "9")) {
        from.call("SELECT", database);
        to.call("SELECT", database);
        for (Object key : from.list("KEYS", "*")) {
          if (from.text("TYPE", (String) key).equals("stream")) {
            assertThat(to.text("TYPE", (String) key)).as("%s", key).isEqualTo("none");
            streams.add((String) key);
            from.call("DEL", (String) key);
          }
        }
      }
    }
    assertThat(status.unsupportedKeys()).isPositive();
    assertThat(status.ledger().deadLetters()).isPositive();
    assertThat(streams).isNotEmpty();
    assertThat(status.deadLetters().stream().map(letter -> letter.key()).toList())
        .containsAll(streams);
  }

  @Test
  void stopsAtWhatCannotCrossUnlessToldOtherwise() {
    try (RespClient source = SOURCE.client()) {
      source.call("XADD", "events", "1-1", "a", "b");
      try (RunningLink link = RunningLink.between(SOURCE, OLD).start()) {
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.VERSION_TOO_OLD);
        assertThat(link.end().fault().message()).contains("has no streams", "events");
      }
      source.call("DEL", "events");
      source.call("RPUSH", "list", "a");
      RunningLink.Setup setup = RunningLink.between(SOURCE, OLD);
      setup.afresh = true;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        source.call("XADD", "events", "1-1", "a", "b");
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.VERSION_TOO_OLD);
      }
      // Nothing is lost: it goes on once the task is told what to do with it.
      setup.afresh = false;
      setup.onUnsupported = UnsupportedPolicy.SKIP;
      try (RunningLink link = setup.start()) {
        source.call("RPUSH", "list", "b");
        link.awaitCaughtUp();
        assertThat(link.status().deadLetters()).hasSize(1);
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
        source.call("DEL", "events");
        DatasetComparer.assertEqual(SOURCE, OLD);
      }
    }
  }

  @Test
  void aHashWithFieldTimesCrossesWithoutThemAndIsListed() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, OLD);
    setup.onUnsupported = UnsupportedPolicy.SKIP;
    try (RespClient source = SOURCE.client();
        RespClient target = OLD.client()) {
      source.call("HSET", "before", "a", "1", "b", "2");
      source.call("HPEXPIRE", "before", "600000", "FIELDS", "1", "a");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.status().unsupportedKeys()).isOne();
        source.call("HSET", "later", "a", "1", "b", "2");
        source.call("HPEXPIRE", "later", "600000", "FIELDS", "1", "a");
        source.call("HPEXPIRE", "later", "600000", "FIELDS", "1", "b");
        source.call("HPERSIST", "later", "FIELDS", "1", "a");
        source.call("HSET", "short", "a", "1", "b", "2");
        source.call("HPEXPIRE", "short", "30", "FIELDS", "1", "a");
        org.awaitility.Awaitility.await().until(() -> source.call("HLEN", "short").equals(1L));
        link.awaitCaughtUp();
        assertThat(link.status().deadLetters())
            .extracting(letter -> letter.key())
            .containsExactly("before", "later", "short");
        assertThat(link.status().ledger().deadLetters()).isEqualTo(3);
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      }
      assertThat(target.call("HLEN", "short")).as("the source has removed it").isEqualTo(1L);
      DatasetComparer.assertEqual(SOURCE, OLD);
    }
  }
}
