package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Phase;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Scripts that a source below 5.0 sends as text, and that write to another database. */
class ScriptDatabasesIT {
  private static final String COUNTS =
      "redis.call('select', ARGV[1]) return redis.call('incr', KEYS[1])";

  private static final String GOES_ROUND =
      "for i = 2, 3 do redis.call('select', i) redis.call('set', KEYS[1], 'v') end return 1";

  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V7_0"})
  void whatItWritesThereIsFetched(ServerVersion to) throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V2_8).start();
        RedisServer target = new RedisServer(to).start();
        RespClient client = source.client();
        RespClient there = target.client()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.filter = mapped(Map.of(3, 4, 4, 3));
      String sha;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        sha = client.text("SCRIPT", "LOAD", COUNTS);
        client.call("EVALSHA", sha, "1", "count", "3");
        client.call("EVALSHA", sha, "1", "count", "3");
        client.call("EVAL", "return redis.call('move', KEYS[1], 3)", "1", "moved");
        client.call("SET", "moves", "v");
        client.call("EVAL", "return redis.call('move', KEYS[1], 3)", "1", "moves");
        link.awaitCaughtUp();
        there.call("SELECT", "4");
        assertThat(there.text("GET", "count")).isEqualTo("2");
        assertThat(there.text("GET", "moves")).isEqualTo("v");
        assertThat(link.healed(HealReason.SCRIPT_TEXT)).isPositive();
      }
      client.call("EVALSHA", sha, "1", "count", "3");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        client.call("EVALSHA", sha, "1", "count", "3");
        client.call("EVALSHA", sha, "1", "count", "0");
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().deadLetters()).isEmpty();
        assertThat(link.status().ledger().balanced()).isTrue();
      }
      assertThat(there.text("GET", "count")).isEqualTo("4");
      there.call("SELECT", "3");
      assertThat(there.call("KEYS", "*")).isEqualTo(List.of());
      there.call("SELECT", "0");
      assertThat(there.text("GET", "count")).isEqualTo("1");
    }
  }

  /**
   * The source refuses it and so wrote nothing there; what else it wrote, and others, is fetched.
   */
  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V7_0"})
  void aDatabaseThatTheSourceDoesNotHaveHoldsNothingToFetch(ServerVersion to) {
    try (RedisServer source = new RedisServer(ServerVersion.V2_8).start();
        RedisServer target = new RedisServer(to).start();
        RespClient client = source.client();
        RunningLink link = RunningLink.between(source, target).start()) {
      link.awaitCaughtUp();
      String appends = "return redis.call('append', KEYS[1], '1')";
      List<String[]> commands = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        String selects = i == 5 ? "redis.pcall('select', 999) " : "";
        commands.add(new String[] {"EVAL", selects + appends, "1", "key" + i});
      }
      link.behind(source, commands);
      link.awaitCaughtUp();
      assertThat(link.status().deadLetters()).as("%s", link.said()).isEmpty();
      assertThat(client.call("DBSIZE")).isEqualTo(10L);
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().ledger().balanced()).isTrue();
      assertThat(DatasetComparer.compare(source, target)).isEmpty();
    }
  }

  /** What it wrote to a key that was fetched behind it is there; what else it wrote may not be. */
  @Test
  void whereItsTextDoesNotTellWhichItIsListedThoughItsKeysWereFetchedBehindIt() {
    try (RedisServer source = new RedisServer(ServerVersion.V2_8).start();
        RedisServer target = new RedisServer(ServerVersion.V2_8).start();
        RespClient client = source.client();
        RespClient there = target.client();
        RunningLink link = RunningLink.between(source, target).start()) {
      client.call("HSET", "key", "field", "1");
      link.awaitCaughtUp();
      there.call("DEL", "key");
      there.call("SET", "key", "another type");
      List<String[]> commands = new ArrayList<>();
      commands.add(new String[] {"HINCRBY", "key", "field", "1"});
      // The key is fetched before the script is looked at.
      for (int i = 0; i < 20_000; i++) {
        commands.add(new String[] {"SET", "other", Integer.toString(i)});
      }
      commands.add(new String[] {"EVAL", GOES_ROUND, "1", "key"});
      commands.add(new String[] {"EVAL", COUNTS, "1", "count", "0"});
      link.behind(source, commands);
      link.awaitCaughtUp();
      assertThat(link.healed(HealReason.REFUSED)).as("%s", link.status()).isEqualTo(1);
      assertThat(link.status().deadLetters())
          .as("%s", link.status())
          .singleElement()
          .satisfies(letter -> assertThat(letter.command()).isEqualTo("EVAL"))
          .satisfies(letter -> assertThat(letter.error()).contains("selects a database"));
      assertThat(link.status().ledger().deadLetters()).isEqualTo(1);
      assertThat(there.call("HGET", "key", "field")).isEqualTo("2");
      assertThat(there.text("GET", "count")).isEqualTo("1");
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().ledger().balanced()).isTrue();
    }
  }

  @Test
  void whereItsTextDoesNotTellWhichTheLinkStopsAtANewerTarget() {
    try (RedisServer source = new RedisServer(ServerVersion.V2_8).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = source.client()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        client.call("EVAL", GOES_ROUND, "1", "key");
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.SCRIPT_TEXT);
        assertThat(link.end().fault().message()).contains("selects a database");
      }
      setup.onUnsupported = UnsupportedPolicy.SKIP;
      listed(setup, "selects a database", client);
    }
  }

  @Test
  void itIsNotRunWhereDatabasesHaveOtherNumbers() throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V2_8).start();
        RedisServer target = new RedisServer(ServerVersion.V2_8).start();
        RespClient client = source.client();
        RespClient there = target.client()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.filter = mapped(Map.of(3, 4, 4, 3));
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        client.call("EVAL", GOES_ROUND, "1", "key");
        link.awaitCaughtUp();
      }
      listed(setup, "selects a database", client);
      there.call("SELECT", "3");
      assertThat(there.call("KEYS", "*")).isEqualTo(List.of());
    }
  }

  @Test
  void itRunsWhereItSelectsNoOtherDatabase() throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V2_8).start();
        RedisServer target = new RedisServer(ServerVersion.V2_8).start();
        RespClient client = source.client();
        RunningLink link = RunningLink.between(source, target).start()) {
      link.awaitCaughtUp();
      client.call("EVAL", COUNTS, "1", "count", "0");
      client.call("EVAL", GOES_ROUND, "1", "key");
      link.awaitCaughtUp();
      assertThat(link.healed(HealReason.SCRIPT_TEXT)).isZero();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().deadLetters()).isEmpty();
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  /** As many as the source keeps itself; of one that was forgotten nothing is known any more. */
  @Test
  void noMoreAreRememberedThanASourceKeeps() throws Exception {
    // Without a replica and without an AOF a source forgets within a second which texts it has
    // sent.
    RedisServer keepsTexts = new RedisServer(ServerVersion.V2_8).option("appendonly", "yes");
    try (RedisServer source = keepsTexts.start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = source.client();
        RespClient there = target.client()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.onUnsupported = UnsupportedPolicy.SKIP;
      // Texts are remembered whatever they write, and what is not moved is not fetched.
      setup.filter =
          new FilterSpec(null, null, null, null, List.of("value"), null, null, null, null, true);
      String leaves;
      String stays;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        leaves = client.text("SCRIPT", "LOAD", COUNTS);
        stays = client.text("SCRIPT", "LOAD", "return redis.call('incr', KEYS[1])");
        client.call("EVALSHA", leaves, "1", "count", "3");
        client.call("EVALSHA", stays, "1", "here");
        client.call("EVALSHA", stays, "1", "here");
        for (int i = 0; i < 10_200; i++) {
          String value = "redis.call('select', 3) redis.call('set', KEYS[1], '%d')".formatted(i);
          client.call("EVAL", value, "1", "value");
        }
        link.awaitCaughtUp();
        assertThat(remembered(there)).isBetween(10_000L, 10_003L);
      }
      client.call("EVALSHA", stays, "1", "here");
      client.call("EVALSHA", leaves, "1", "count", "3");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.status().deadLetters())
            .as("%s", link.said())
            .singleElement()
            .satisfies(letter -> assertThat(letter.script()).isEqualTo(leaves));
        assertThat(there.text("GET", "here")).isEqualTo("3");
        client.call("SCRIPT", "FLUSH");
        client.call("EVAL", COUNTS, "1", "count", "3");
        link.awaitCaughtUp();
        Awaitility.await().untilAsserted(() -> assertThat(remembered(there)).isEqualTo(1));
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().deadLetters()).hasSize(1);
        assertThat(link.status().ledger().balanced()).isTrue();
      }
      there.call("SELECT", "3");
      assertThat(there.text("GET", "count")).isEqualTo("3");
    }
  }

  private static long remembered(RespClient target) {
    Object heals = ((List<?>) target.call("KEYS", "cachesync:heal:*")).get(0);
    return ((List<?>) target.call("HKEYS", heals.toString()))
        .stream().filter(field -> field.toString().startsWith("l:")).count();
  }

  private static void listed(RunningLink.Setup setup, String why, RespClient client) {
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      client.call("SET", "plain", "v");
      link.awaitCaughtUp();
      assertThat(link.status().deadLetters())
          .extracting(DeadLetter::error)
          .singleElement()
          .asString()
          .contains(why);
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().ledger().balanced()).isTrue();
    }
  }

  static FilterSpec mapped(Map<Integer, Integer> databases) {
    return new FilterSpec(
        List.of(), List.of(), databases, List.of(), List.of(), List.of(), List.of(), List.of(),
        List.of(), true);
  }
}
