package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Desired;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Phase;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only Redis 8 and Valkey 9 have crosses to each other and to older targets. */
@EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
class NewerServersIT {
  private static final String FAR = "4102444800123";

  @ParameterizedTest
  @CsvSource({
    "V8_0, V8_0",
    "V8_0, V7_0",
    "V8_0, VALKEY_9",
    "V8_6, V8_6",
    "V8_6, V8_0",
    "V8_6, V7_4",
    "V8_6, V6_2",
    "V8_6, VALKEY_9",
    "VALKEY_9, VALKEY_9",
    "VALKEY_9, V8_6",
    "VALKEY_9, V7_4",
    "VALKEY_9, VALKEY_8",
    "VALKEY_9, V6_0",
    "V7_4, V8_6",
    "V7_4, VALKEY_9"
  })
  void whatTheyHaveAndDoIsTheSameThere(ServerVersion from, ServerVersion to) {
    try (RedisServer source = new RedisServer(from).start();
        RedisServer target = new RedisServer(to).start();
        RespClient client = source.client()) {
      write(client, from, "before ");
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.onUnsupported = UnsupportedPolicy.SKIP;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        write(client, from, "before ");
        write(client, from, "behind ");
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().balanced()).isTrue();
        if (hasFieldTimes(to)) {
          assertThat(link.status().deadLetters()).isEmpty();
        }
      }
      DatasetComparer.assertEqual(source, target);
    }
  }

  private static boolean hasFieldTimes(ServerVersion version) {
    return version.atLeast(ServerVersion.V7_4)
        && version != ServerVersion.VALKEY_8
        && version != ServerVersion.VALKEY_8_1;
  }

  @ParameterizedTest
  @CsvSource({"V8_6, V8_6", "V8_6, V7_0", "VALKEY_9, VALKEY_9", "VALKEY_9, V7_0"})
  void theSameToAndFromClusters(ServerVersion from, ServerVersion to) {
    try (RedisServer source = new RedisServer(from).start();
        ClusterServers target = new ClusterServers(to, 3, 0).start();
        RespClient client = source.client()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.onUnsupported = UnsupportedPolicy.SKIP;
      write(client, from, "before ");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        write(client, from, "before ");
        write(client, from, "behind ");
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().balanced()).isTrue();
      }
      assertThat(DatasetComparer.compare(source, target)).isEmpty();
    }
  }

  /** Writes what came with Redis 8 and Valkey 9, as far as the version has it. */
  private static void write(RespClient client, ServerVersion version, String prefix) {
    String hash = prefix + "hash";
    client.call("HSET", hash, "a", "1", "b", "2", "c", "3", "d", "4");
    client.call("HPEXPIREAT", hash, FAR, "FIELDS", "1", "a");
    client.call("HPEXPIREAT", hash, FAR.replace('3', '4'), "NX", "FIELDS", "2", "a", "b");
    client.call("HPEXPIREAT", hash, FAR.replace('3', '2'), "LT", "FIELDS", "3", "a", "b", "c");
    client.call("HINCRBY", hash, "c", "5");
    for (int i = 0; i < 600; i++) {
      client.call("HSET", prefix + "table", "field " + i, "value " + i);
    }
    client.call("HPEXPIREAT", prefix + "table", FAR, "FIELDS", "2", "field 1", "field 599");
    client.call("HSET", prefix + "passing", "a", "1", "b", "2");
    client.call("HPEXPIRE", prefix + "passing", "0", "FIELDS", "1", "a");
    client.call("HSET", prefix + "persisted", "a", "1", "b", "2");
    client.call("HPEXPIREAT", prefix + "persisted", FAR, "FIELDS", "1", "a");
    client.call("HPERSIST", prefix + "persisted", "FIELDS", "1", "a");
    if (version == ServerVersion.V7_4) {
      return;
    }
    client.call("HSETEX", hash, "PXAT", FAR, "FIELDS", "2", "e", "5", "f", "6");
    client.call("HSETEX", hash, "FXX", "KEEPTTL", "FIELDS", "1", "e", "7");
    client.call("HGETEX", hash, "EX", "100000", "FIELDS", "1", "f");
    client.call("HGETEX", hash, "PERSIST", "FIELDS", "1", "f");
    client.call("HGETDEL", hash, "FIELDS", "1", "d");
    if (version == ServerVersion.V8_0) {
      return;
    }
    client.call("MSETEX", "2", prefix + "m1", "1", prefix + "m2", "2", "EX", "100000");
    client.call("MSETEX", "2", prefix + "m1", "3", prefix + "m2", "4", "XX", "KEEPTTL");
    client.call("MSETEX", "2", prefix + "m3", "5", prefix + "KEEPTTL", "6");
    client.call("SET", prefix + "compared", "a");
    client.call("SET", prefix + "compared", "b", "IFEQ", "a");
    for (String gone : List.of("one", "two")) {
      client.call("SET", prefix + gone, "v");
      boolean valkeys = version == ServerVersion.VALKEY_9;
      client.call(
          valkeys
              ? new String[] {"DELIFEQ", prefix + gone, "v"}
              : gone.equals("one")
                  ? new String[] {"DELEX", prefix + gone}
                  : new String[] {"DELEX", prefix + gone, "IFEQ", "v"});
    }
    if (version == ServerVersion.V8_6) {
      client.call("SET", prefix + "compared", "c", "IFNE", "a");
      stream(client, prefix + "stream");
    }
  }

  private static void stream(RespClient client, String stream) {
    client.call("DEL", stream);
    for (int i = 1; i <= 9; i++) {
      client.call("XADD", stream, i + "-1", "field", "value " + i);
    }
    client.call("XGROUP", "CREATE", stream, "group", "0");
    client.call("XREADGROUP", "GROUP", "group", "eve", "COUNT", "6", "STREAMS", stream, ">");
    client.call("XACKDEL", stream, "group", "DELREF", "IDS", "1", "1-1");
    client.call("XACKDEL", stream, "group", "KEEPREF", "IDS", "1", "2-1");
    client.call("XDELEX", stream, "DELREF", "IDS", "2", "3-1", "9-1");
    client.call("XDELEX", stream, "IDS", "1", "4-1");
    client.call("XACK", stream, "group", "5-1");
    client.call("XADD", stream, "ACKED", "MAXLEN", "=", "4", "10-1", "field", "trims");
    client.call("XADD", stream, "11-1", "field", "value");
    client.call("XTRIM", stream, "MAXLEN", "=", "4", "DELREF");
    for (int i = 0; i < 2; i++) {
      client.call("XADD", stream, "IDMP", "producer", "message", "*", "field", "once");
      client.call("XADD", stream, "IDMPAUTO", "other", "*", "field", "once, too");
    }
    client.call("XADD", stream, "IDMP", "producer", "next", "*", "field", "behind");
  }

  /** The memory of what was sent goes with the stream, so that a retry of its sender finds it. */
  @Test
  void aMessageSentAgainBehindTheMoveIsNotAddedTwice() {
    try (RedisServer source = new RedisServer(ServerVersion.V8_6).start();
        RedisServer target = new RedisServer(ServerVersion.V8_6).start();
        RespClient from = source.client();
        RespClient to = target.client()) {
      String first = from.text("XADD", "copied", "IDMP", "p", "m", "*", "a", "b");
      try (RunningLink link = RunningLink.between(source, target).start()) {
        link.awaitCaughtUp();
        String second = from.text("XADD", "streamed", "IDMP", "p", "m", "*", "a", "b");
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
        assertThat(to.text("XADD", "copied", "IDMP", "p", "m", "*", "a", "b")).isEqualTo(first);
        assertThat(to.text("XADD", "streamed", "IDMP", "p", "m", "*", "a", "b")).isEqualTo(second);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"V8_0, V8_6", "V8_6, V8_6"})
  void vectorSetsCross(ServerVersion from, ServerVersion to) {
    try (RedisServer source = new RedisServer(from).start();
        RedisServer target = new RedisServer(to).start();
        RespClient client = source.client();
        RespClient there = target.client()) {
      client.call("VADD", "before", "VALUES", "3", "1", "2", "3", "a");
      try (RunningLink link = RunningLink.between(source, target).start()) {
        link.awaitCaughtUp();
        for (String key : List.of("before", "behind")) {
          client.call("VADD", key, "VALUES", "3", "3", "2", "1", "b", "SETATTR", "{\"n\":1}");
          client.call("VADD", key, "VALUES", "3", "0", "2", "1", "gone");
          client.call("VREM", key, "gone");
          client.call("VSETATTR", key, "b", "{\"n\":2}");
        }
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        for (String key : List.of("before", "behind")) {
          assertThat(there.call("VCARD", key)).isEqualTo(client.call("VCARD", key));
          assertThat(there.list("VEMB", key, "b")).isEqualTo(client.list("VEMB", key, "b"));
          assertThat(there.text("VGETATTR", key, "b")).isEqualTo("{\"n\":2}");
          assertThat(there.call("EXISTS", key)).isEqualTo(1L);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"V7_4", "VALKEY_9"})
  void vectorSetsAreListedWhereTheTargetHasNone(ServerVersion to) {
    try (RedisServer source = new RedisServer(ServerVersion.V8_0).start();
        RedisServer target = new RedisServer(to).start();
        RespClient client = source.client()) {
      client.call("SET", "plain", "v");
      client.call("VADD", "before", "VALUES", "3", "1", "2", "3", "a");
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.onUnsupported = UnsupportedPolicy.SKIP;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        client.call("VADD", "behind", "VALUES", "3", "1", "2", "3", "a");
        client.call("SET", "plain", "w");
        link.awaitCaughtUp();
        assertThat(link.status().deadLetters())
            .extracting(DeadLetter::key)
            .containsExactlyInAnyOrder("before", "behind");
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      client.call("DEL", "before", "behind");
      DatasetComparer.assertEqual(source, target);
    }
  }

  /** Valkey 9 names fields that the condition was not met for. */
  @Test
  void aConditionOnSeveralFieldsIsNotTakenForDecided() {
    try (RedisServer source = new RedisServer(ServerVersion.VALKEY_9).start();
        RedisServer target = new RedisServer(ServerVersion.VALKEY_9).start();
        RespClient client = source.client();
        RunningLink link = RunningLink.between(source, target).start()) {
      client.call("HSET", "hash", "a", "1", "b", "2");
      client.call("HPEXPIREAT", "hash", FAR, "FIELDS", "1", "a");
      link.awaitCaughtUp();
      client.call("HPEXPIREAT", "hash", FAR.replace('0', '1'), "NX", "FIELDS", "2", "a", "b");
      link.awaitCaughtUp();
      assertThat(link.healed(HealReason.OLDER_TARGET)).isOne();
      DatasetComparer.assertEqual(source, target);
    }
  }

  /**
   * From 8.0 on a Valkey tells its replicas too whose a slot is, before it believes it itself, and
   * waits for all that have said that they are of its kind.
   */
  @ParameterizedTest
  @CsvSource({"VALKEY_8_1, V7_0", "VALKEY_9, VALKEY_9"})
  void slotsThatMoveAreTakenFromTheStreamOfAValkey(ServerVersion from, ServerVersion to) {
    int slot = ClusterServers.slot("{m}");
    try (ClusterServers source = new ClusterServers(from, 2, 1).start();
        RedisServer target = new RedisServer(to).start()) {
      RedisServer owner = source.ownerOf(slot);
      RedisServer next = source.masters().stream().filter(m -> m != owner).findFirst().get();
      try (RespClient before = owner.client();
          RespClient after = next.client()) {
        before.call("RPUSH", "{m}list", "a");
        if (from == ServerVersion.VALKEY_9) {
          before.call("HSET", "{m}hash", "a", "1", "b", "2");
          before.call("HPEXPIREAT", "{m}hash", FAR, "FIELDS", "1", "a");
        }
        try (RunningLinks links = RunningLinks.between(source, target).start()) {
          links.awaitCaughtUp();
          source.moveSlot(slot, next);
          after.call("RPUSH", "{m}list", "b");
          links.await("the slot is fetched", all -> links.hasSaid("slots move at the source"));
          links.awaitCaughtUp();
          after.call("RPUSH", "{m}list", "c");
          assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
          assertThat(DatasetComparer.compare(source, target)).isEmpty();
        }
      }
    }
  }

  /** A Valkey gives a move of slots up where a replica of its kind says nothing for two seconds. */
  @ParameterizedTest
  @CsvSource({"VALKEY_8_1", "VALKEY_9"})
  void slotsMayMoveWhileNothingIsAcknowledged(ServerVersion from) {
    int slot = ClusterServers.slot("{m}");
    try (ClusterServers source = new ClusterServers(from, 2, 1).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start()) {
      RedisServer owner = source.ownerOf(slot);
      RedisServer next = source.masters().stream().filter(m -> m != owner).findFirst().get();
      try (RunningLinks links = RunningLinks.between(source, target).start()) {
        links.awaitCaughtUp();
        links.direct(Desired.PAUSE);
        links.await(
            "all are paused", all -> all.stream().allMatch(link -> link.phase() == Phase.PAUSED));
        source.moveSlot(slot, next);
        links.direct(Desired.RUN);
        assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
      }
    }
  }
}
