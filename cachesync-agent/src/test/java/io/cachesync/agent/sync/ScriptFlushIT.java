package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Phase;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Script texts of a source below 5.0 that empty databases, at a target that runs them. */
class ScriptFlushIT {
  private static final String FLUSHES_AND_SETS =
      "redis.call('flushall') redis.call('set', KEYS[1], ARGV[1]) return 1";

  private static final String FLUSHES_SOME =
      "if ARGV[1] == 'yes' then redis.call('flushdb') end return redis.call('incr', 'runs')";

  private static final String SETS_AND_FLUSHES_SOME =
      "redis.call('set', KEYS[1], ARGV[1]) if ARGV[1] == 'yes' then redis.call('flushdb') end"
          + " return 1";

  @ParameterizedTest
  @CsvSource({"V2_8,V2_8", "V2_8,V3_2", "V3_2,V3_2"})
  void itGoesAsAFlushDoes(ServerVersion from, ServerVersion to) {
    try (RedisServer source = new RedisServer(from).start();
        RedisServer target = new RedisServer(to).start();
        RespClient client = source.client()) {
      client.call("SET", "before", "v");
      RunningLink.Setup setup = RunningLink.between(source, target);
      String digest;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        client.call("EVAL", FLUSHES_AND_SETS, "1", "made", "1");
        link.awaitCaughtUp();
        client.call("SELECT", "3");
        client.call("SET", "other", "v");
        digest = client.text("SCRIPT", "LOAD", FLUSHES_SOME);
        client.call("EVALSHA", digest, "0", "no");
        client.call("SELECT", "0");
        client.call("EVALSHA", digest, "0", "yes");
        client.call("RPUSH", "list", "once");
        link.awaitCaughtUp();
      }
      client.call("EVALSHA", digest, "0", "yes");
      client.call("RPUSH", "list", "twice");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.wasIn(Phase.FULL_SYNC)).as("%s", link.said()).isFalse();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().deadLetters()).isEmpty();
        assertThat(link.status().ledger().balanced()).isTrue();
      }
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  /**
   * Whether it flushes is not told by its text: what was fetched from behind it is fetched again.
   */
  @ParameterizedTest
  @ValueSource(strings = {"yes", "no"})
  void whatWasFetchedFromBehindItIsFetchedOnceMore(String flushes) {
    try (RedisServer source = new RedisServer(ServerVersion.V2_8).start();
        RedisServer target = new RedisServer(ServerVersion.V2_8).start();
        RespClient client = source.client();
        RespClient there = target.client()) {
      client.call("RPUSH", "fetched", "first");
      RunningLink.Setup setup = RunningLink.between(source, target);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
      }
      there.call("SET", "fetched", "no list");
      client.call("RPUSH", "fetched", "refused");
      for (int i = 0; i < 5000; i++) {
        client.call("RPUSH", "other", "" + i);
      }
      client.call("EVAL", FLUSHES_SOME, "0", flushes);
      client.call("RPUSH", "fetched", "behind");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.healed(HealReason.REFUSED)).isPositive();
        assertThat(link.healed(HealReason.KEY_AHEAD)).isPositive();

        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().deadLetters()).isEmpty();
      }
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  /** The target has lost the text, and the source sends only its digest. */
  @Test
  void oneThatTheTargetRefusesIsListedThoughItsKeyIsFetched() {
    try (RedisServer source = new RedisServer(ServerVersion.V2_8).start();
        RedisServer target = new RedisServer(ServerVersion.V2_8).start();
        RespClient client = source.client();
        RespClient there = target.client();
        RunningLink link = RunningLink.between(source, target).start()) {
      client.call("SET", "before", "v");
      // One that is not there would be fetched for the first call, and the second refused for that.
      client.call("SET", "key", "v");
      link.awaitCaughtUp();
      String digest = client.text("SCRIPT", "LOAD", SETS_AND_FLUSHES_SOME);
      client.call("EVALSHA", digest, "1", "key", "no");
      client.call("EVALSHA", digest, "1", "key", "no");
      link.awaitCaughtUp();
      there.call("SCRIPT", "FLUSH");
      client.call("EVALSHA", digest, "1", "key", "yes");
      client.call("SET", "after", "v");
      link.awaitCaughtUp();
      assertThat(link.status().deadLetters())
          .as("%s", link.said())
          .singleElement()
          .satisfies(letter -> assertThat(letter.script()).isEqualTo(digest))
          .satisfies(letter -> assertThat(letter.key()).isEqualTo("key"))
          .satisfies(letter -> assertThat(letter.error()).contains("may have emptied", "NOSCRIPT"));
      assertThat(link.status().ledger().deadLetters()).isEqualTo(1);
      assertThat(link.status().ledger().balanced()).isTrue();
      assertThat(there.text("GET", "before")).isEqualTo("v");
      assertThat(there.call("EXISTS", "key")).isEqualTo(0L);
      assertThat(there.text("GET", "after")).isEqualTo("v");
    }
  }

  @Test
  void itStopsTheLinkWhereTheTargetWasNotEmpty() {
    try (RedisServer source = new RedisServer(ServerVersion.V2_8).start();
        RedisServer target = new RedisServer(ServerVersion.V2_8).start();
        RespClient client = source.client();
        RespClient there = target.client()) {
      there.call("SET", "theirs", "v");
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.onExists = ConflictPolicy.REPLACE;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        client.call("SET", "before", "v");
        client.call("EVAL", FLUSHES_AND_SETS, "1", "made", "1");
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.FLUSH_REFUSED);
        assertThat(link.end().fault().message()).contains("script", "before this task");
      }
      assertThat(there.text("GET", "theirs")).isEqualTo("v");
      assertThat(there.text("GET", "before")).isEqualTo("v");
      setup.onUnsupported = UnsupportedPolicy.SKIP;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.status().deadLetters())
            .singleElement()
            .extracting(DeadLetter::key, DeadLetter::text)
            .containsExactly("made", FLUSHES_AND_SETS);
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(there.text("GET", "theirs")).isEqualTo("v");
    }
  }

  @Test
  void itStopsAllLinksWhereItIsOneShardOfASource() throws Exception {
    try (ClusterServers source = new ClusterServers(ServerVersion.V3_2, 2).start();
        RedisServer target = new RedisServer(ServerVersion.V3_2).start();
        RunningLinks links = RunningLinks.between(source, target).start()) {
      links.awaitCaughtUp();
      try (RespClient client = source.ownerOf(ClusterServers.slot("before")).client();
          RespClient there = target.client()) {
        client.call("SET", "before", "v");
        client.call("EVAL", FLUSHES_AND_SETS, "1", "before", "1");
        assertThat(links.end().fault().code()).isEqualTo(FaultCode.FLUSH_REFUSED);
        assertThat(there.text("GET", "before")).isEqualTo("v");
      }
    }
  }
}
