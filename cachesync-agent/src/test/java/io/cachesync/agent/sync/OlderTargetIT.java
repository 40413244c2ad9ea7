package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.sample.SampleWriter;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a newer source has crosses to an older target, or is listed. */
class OlderTargetIT {
  @RegisterExtension
  static final RedisServer SOURCE =
      new RedisServer(ServerVersion.V7_4).option("repl-backlog-size", "64mb");

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
    } catch (RedisException e) {
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
    assertThat(status.deadLetters()).extracting(DeadLetter::key).containsAll(streams);
  }

  @Test
  void whatAnOlderTargetHasNoCommandForIsSaidOtherwiseOrFetched() {
    try (RespClient source = SOURCE.client();
        RunningLink link = RunningLink.between(SOURCE, OLD).start()) {
      source.call("RPUSH", "list", "a", "b", "c", "d", "e", "f");
      source.call("ZADD", "board", "1", "a", "2", "b", "3", "c");
      source.call("GEOADD", "geo", "13.36", "38.11", "p", "15.08", "37.50", "c");
      source.call("SADD", "small", "x", "y");
      link.awaitCaughtUp();
      source.call("LMOVE", "list", "other", "LEFT", "LEFT");
      source.call("LMOVE", "list", "other", "RIGHT", "RIGHT");
      source.call("LMOVE", "list", "list", "LEFT", "RIGHT");
      source.call("ZADD", "board", "GT", "CH", "5", "a", "1", "b");
      source.call("ZADD", "board", "NX", "9", "d");
      source.call("ZADD", "board", "XX", "INCR", "2", "a");
      source.call("COPY", "list", "copied");
      source.call("ZRANGESTORE", "ranged", "board", "1", "2");
      source.call("ZDIFFSTORE", "less", "2", "board", "ranged");
      source.call("ZUNIONSTORE", "both", "2", "less", "ranged");
      source.call(
          "GEOSEARCHSTORE", "near", "geo", "FROMMEMBER", "p", "BYRADIUS", "300", "km", "ASC");
      source.call("BITFIELD", "bits", "SET", "u8", "8", "200", "INCRBY", "u4", "0", "3");
      source.call("RESTORE", "restored", "0", source.text("DUMP", "small"));
      source.call("SET", "kept", "a", "PX", "500000");
      source.call("SET", "kept", "b", "KEEPTTL");
      source.call("GETEX", "kept", "EX", "1000");
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.healed(HealReason.OLDER_TARGET)).isPositive();
      assertThat(link.status().deadLetters()).isEmpty();
      assertThat(link.status().ledger().balanced()).isTrue();
      DatasetComparer.assertEqual(SOURCE, OLD);
    }
  }

  /** Members of a set come in another order there, so that the text would do something else. */
  @Test
  void scriptsOfAnOldSourceAreNotRunByANewerTarget() {
    String first =
        "local all = redis.call('SMEMBERS', KEYS[1]) redis.call('RPUSH', KEYS[2], all[1])"
            + " redis.call('INCR', KEYS[3])";
    RunningLink.Setup setup = RunningLink.between(OLD, SOURCE);
    try (RespClient source = OLD.client()) {
      source.call("SADD", "set", "one", "two", "three", "four", "five", "six");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        for (int i = 0; i < 300; i++) {
          source.call("EVAL", first, "3", "set", "list", "count");
        }
        source.call("RPUSH", "list", "behind");
        link.awaitCaughtUp();
        assertThat(link.healed(HealReason.SCRIPT_TEXT)).isPositive();
        DatasetComparer.assertEqual(OLD, SOURCE);
        source.call("EVAL", "return redis.call('INCR', 'unnamed')", "0");
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.SCRIPT_TEXT);
      }
      setup.onUnsupported = UnsupportedPolicy.SKIP;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.status().deadLetters())
            .extracting(DeadLetter::command)
            .containsExactly("EVAL");
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().balanced()).isTrue();
      }
      source.call("DEL", "unnamed");
      DatasetComparer.assertEqual(OLD, SOURCE);
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void everythingCrossesToAnOlderCluster() throws Exception {
    try (ClusterServers target = new ClusterServers(ServerVersion.V6_2, 3, 0).start()) {
      RunningLink.Setup setup = RunningLink.between(SOURCE, target);
      setup.onUnsupported = UnsupportedPolicy.SKIP;
      setup.filter = new FilterSpec(List.of(0), false);
      try (SampleWriter writer = SampleWriter.connect(setup.sourceEndpoint, "");
          RunningLink link = setup.start()) {
        writer.fill(KEYS, 1);
        link.awaitPhase(Phase.INCREMENTAL);
        AtomicBoolean writing = new AtomicBoolean(true);
        CompletableFuture<Long> writes =
            CompletableFuture.supplyAsync(() -> write(writer, writing));
        link.awaitApplied(SOME_BYTES);
        writing.set(false);
        writes.get();
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().balanced()).isTrue();
      }
      assertThat(DatasetComparer.compare(SOURCE, target)).isEmpty();
    }
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
        Awaitility.await().until(() -> source.call("HLEN", "short").equals(1L));
        link.awaitCaughtUp();
        assertThat(link.status().deadLetters())
            .extracting(DeadLetter::key)
            .containsExactly("before", "later", "short");
        assertThat(link.status().ledger().deadLetters()).isEqualTo(3);
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      }
      assertThat(target.call("HLEN", "short")).as("the source has removed it").isEqualTo(1L);
      DatasetComparer.assertEqual(SOURCE, OLD);
    }
  }
}
