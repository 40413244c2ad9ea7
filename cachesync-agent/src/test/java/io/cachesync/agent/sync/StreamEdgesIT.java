package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is rare in a stream, through a whole link. */
class StreamEdgesIT {
  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2", "V7_4"})
  void aDatabaseThatIsSelectedInsideATransactionHoldsBehindItAsAtTheSource(ServerVersion version)
      throws Exception {
    try (RedisServer source = new RedisServer(version).start();
        RedisServer target = new RedisServer(version).start();
        RunningLink link = RunningLink.between(source, target).start();
        RespClient client = source.client()) {
      link.awaitCaughtUp();
      client.pipeline(
          commands(
              "MULTI", "SET a 1", "SELECT 3", "SET a 2", "SELECT 5", "SET a 3", "EXEC", "SET b 4"));
      client.pipeline(commands("MULTI", "SET c 5", "SELECT 0", "EXEC", "SET c 6"));
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(target.digest()).isEqualTo(source.digest());
      try (RespClient reader = target.client()) {
        reader.call("SELECT", "5");
        assertThat(reader.text("GET", "b")).isEqualTo("4");
        assertThat(reader.text("GET", "c")).isEqualTo("5");
      }
    }
  }

  /** A replica does not select for each of its own, and writes go on where its master's were. */
  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V6_2", "V7_4"})
  void aReplicaThatIsPromotedGoesOnAsTheSourceInTheDatabaseOfItsMastersStream(ServerVersion version)
      throws Exception {
    try (RedisServer master = new RedisServer(version).start();
        RedisServer replica = new RedisServer(version).start();
        RedisServer target = new RedisServer(version).start();
        RespClient writer = master.client();
        RespClient asked = replica.client();
        RespClient reader = target.client()) {
      asked.call("REPLICAOF", "127.0.0.1", Integer.toString(master.port()));
      Awaitility.await()
          .until(() -> "up".equals(asked.info("replication").get("master_link_status")));
      writer.call("SELECT", "2");
      writer.call("SET", "before", "1");
      Awaitility.await().until(() -> replica.replOffset() == master.replOffset());
      try (RunningLink link = RunningLink.between(replica, target).start()) {
        link.awaitPhase(Phase.INCREMENTAL);
        writer.call("SET", "behind", "2");
        reader.call("SELECT", "2");
        Awaitility.await().until(() -> reader.number("EXISTS", "before", "behind") == 2);
        asked.call("REPLICAOF", "NO", "ONE");
        asked.call("SELECT", "4");
        asked.call("SET", "promoted", "3");
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.said()).filteredOn(line -> line.contains("full sync done")).hasSize(1);
        assertThat(target.digest()).isEqualTo(replica.digest());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V6_2", "V7_4"})
  void groupsOfStreamsStandWhereTheyStandAtTheSource(ServerVersion version) throws Exception {
    try (RedisServer source = new RedisServer(version).start();
        RedisServer target = new RedisServer(version).start();
        RunningLink link = RunningLink.between(source, target).start();
        RespClient client = source.client()) {
      link.awaitCaughtUp();
      client.pipeline(
          commands(
              "XGROUP CREATE st fresh $ MKSTREAM",
              "XADD st 1-1 f v",
              "XADD st 2-1 f v",
              "XGROUP CREATE st last $",
              "XADD st 3-1 f v",
              "XADD st 4-1 f v",
              "XREADGROUP GROUP fresh one COUNT 2 STREAMS st >",
              "XREADGROUP GROUP fresh two NOACK COUNT 1 STREAMS st >",
              "XREADGROUP GROUP last two NOACK STREAMS st >",
              "XACK st fresh 1-1",
              "XCLAIM st fresh three 0 2-1",
              "XAUTOCLAIM st fresh four 0 0",
              "XGROUP SETID st last 3-1",
              "XDEL st 1-1"));
      link.awaitCaughtUp();
      assertThat(DatasetComparer.compare(source, target)).isEmpty();
      try (RespClient reader = target.client()) {
        for (String group : List.of("fresh", "last")) {
          assertThat(reader.list("XPENDING", "st", group))
              .as(group)
              .isEqualTo(client.list("XPENDING", "st", group));
        }
        assertThat(reader.list("XINFO", "GROUPS", "st").toString())
            .isEqualTo(client.list("XINFO", "GROUPS", "st").toString());
      }
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    }
  }

  /** What is published is read past: its bytes count, nobody at the target hears it. */
  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V7_0"})
  void whatIsPublishedIsReadPast(ServerVersion version) throws Exception {
    try (RedisServer source = new RedisServer(version).withoutPings().start();
        RedisServer target = new RedisServer(version).start();
        RunningLink link = RunningLink.between(source, target).start();
        RespClient client = source.client();
        RespClient reader = target.client()) {
      link.awaitCaughtUp();
      client.call("PUBLISH", "__sentinel__:hello", "127.0.0.1,26379,id,0,mymaster,127.0.0.1,1,0");
      client.call("PUBLISH", "news", "x");
      client.call("SET", "behind", "1");
      link.awaitCaughtUp();
      assertThat(reader.text("GET", "behind")).isEqualTo("1");
      assertThat(reader.info("commandstats")).doesNotContainKey("cmdstat_publish");
      assertThat(link.status().ledger().balanced()).isTrue();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    }
  }

  /** Those of the target have their own masters, and would take this for one of theirs. */
  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V7_0"})
  void whatSentinelsTellEachOtherIsReadPastWhereWhatIsPublishedIsMoved(ServerVersion version)
      throws Exception {
    try (RedisServer source = new RedisServer(version).withoutPings().start();
        RedisServer target = new RedisServer(version).start()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.filter = new FilterSpec(List.of(), true);
      try (RunningLink link = setup.start();
          RespClient client = source.client();
          RespClient reader = target.client()) {
        link.awaitCaughtUp();
        client.call("PUBLISH", "__sentinel__:hello", "127.0.0.1,26379,id,0,mymaster,127.0.0.1,1,0");
        client.call("PUBLISH", "news", "x");
        link.awaitCaughtUp();
        assertThat(reader.calls("publish")).isEqualTo(1);
        assertThat(link.status().ledger().balanced()).isTrue();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
    }
  }

  /**
   * Its snapshot contains the keys (from 5.0 on), whose time is over: at the target they must not
   * live for ever.
   */
  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2", "V7_4"})
  void aKeyThatIsExpiredAndStillPresentNeverComesToLive(ServerVersion to) throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V6_2).start();
        RedisServer target = new RedisServer(to).start();
        RespClient client = source.client();
        RespClient reader = target.client()) {
      client.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
      client.call("PSETEX", "gone", "1", "v");
      client.pipeline(commands("RPUSH gone:too v", "PEXPIRE gone:too 1"));
      client.call("SET", "stays", "v");
      long written = millis(reader);
      Awaitility.await().until(() -> millis(reader) > written + 10);
      assertThat(source.keys()).isEqualTo(3);
      try (RunningLink link = RunningLink.between(source, target).start()) {
        link.awaitCaughtUp();
        Awaitility.await()
            .until(
                () -> reader.number("EXISTS", "gone") + reader.number("EXISTS", "gone:too") == 0);
        assertThat(reader.text("GET", "stays")).isEqualTo("v");
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(reader.call("KEYS", "*")).isEqualTo(List.of("stays"));
    }
  }

  /** Before 5.0 a source sends the hash of a script that its replicas have met. */
  @Test
  void aScriptThatTheTargetHasForgottenIsFetchedByItsKeys() throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V2_8).start();
        RedisServer target = new RedisServer(ServerVersion.V2_8).start();
        RunningLink link = RunningLink.between(source, target).start();
        RespClient client = source.client()) {
      link.awaitCaughtUp();
      String sha = client.text("SCRIPT", "LOAD", "return redis.call('INCR', KEYS[1])");
      client.call("EVALSHA", sha, "1", "count");
      link.awaitCaughtUp();
      try (RespClient forgetting = target.client()) {
        assertThat(forgetting.text("GET", "count")).isEqualTo("1");
        forgetting.call("SCRIPT", "FLUSH");
        client.call("EVALSHA", sha, "1", "count");
        client.call("RPUSH", "list", "behind");
        link.awaitCaughtUp();
        assertThat(forgetting.text("GET", "count")).isEqualTo("2");
      }
      assertThat(link.healed(HealReason.REFUSED)).isEqualTo(1);
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  /** Lists with elements in nodes of their own, also where these are numbers. */
  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V7_0", "V7_4", "V6_2", "V2_8"})
  void elementsInNodesOfTheirOwnCross(ServerVersion to) throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(to).start();
        RespClient client = source.client()) {
      client.call("DEBUG", "QUICKLIST-PACKED-THRESHOLD", "3b");
      client.call("RPUSH", "list", "12345", "-7", "ab", "x".repeat(20_000), "9223372036854775807");
      client.call("RPUSH", "other", "12345678901234567890", "");
      try (RunningLink link = RunningLink.between(source, target).start()) {
        link.awaitCaughtUp();
        client.call("LSET", "list", "0", "54321");
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      DatasetComparer.assertEqual(source, target);
    }
  }

  /** The clock of a server on this host. */
  private static long millis(RespClient client) {
    List<Object> time = client.list("TIME");
    return Long.parseLong((String) time.get(0)) * 1000
        + Long.parseLong((String) time.get(1)) / 1000;
  }

  private static List<String[]> commands(String... lines) {
    return Arrays.stream(lines).map(line -> line.split(" ")).toList();
  }
}
