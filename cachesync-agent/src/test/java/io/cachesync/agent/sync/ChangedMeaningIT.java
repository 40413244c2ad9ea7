package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.HealReason;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a command does differs between versions, and none of them answers with an error. */
class ChangedMeaningIT {
  private static final String NOTHING_FOUND =
      """
      GEOADD geo 13.36 38.11 p 15.08 37.50 c
      SET one old
      GEORADIUS missing 13 38 200 km STORE one
      APPEND one new
      SET two old
      GEORADIUSBYMEMBER missing p 200 km STOREDIST two
      SET three old
      GEOSEARCHSTORE three missing FROMLONLAT 13 38 BYRADIUS 200 km
      SET four old
      ZRANGESTORE four missing 0 -1
      GEORADIUS geo 13 38 200 km STORE five
      EVAL "return redis.call('GEORADIUS','missing','13','38','200','km','STORE','five')" 0
      """;

  @ParameterizedTest
  @CsvSource({"V2_8, V7_0", "V7_0, V2_8"})
  void ofATimeThatIsMovedAndOfAnOrder(ServerVersion from, ServerVersion to) {
    isFetched(
        from,
        to,
        """
        RPUSH list 3 1 2
        SET plain v
        MOVE plain 3
        SET timed v EX 600
        MOVE timed 3
        SORT list BY nosort DESC LIMIT 0 2 STORE sorted
        PFADD few one two
        PFMERGE merged few
        MULTI
        SET both v EX 600
        MOVE both 3
        SET beside v
        EXEC
        """);
  }

  @ParameterizedTest
  @CsvSource({"V7_4, V6_0", "V6_2, V3_2"})
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void ofADestinationForWhichNothingIsFound(ServerVersion from, ServerVersion to) {
    isFetched(from, to, NOTHING_FOUND);
  }

  /** From 6.2.7 on the target does what a source does that sends such a command. */
  @ParameterizedTest
  @CsvSource({"V6_2, V6_2", "V7_4, V6_2"})
  void aDestinationIsNotFetchedWhereTheTargetRemovesItToo(ServerVersion from, ServerVersion to) {
    long healed = healed(from, to, NOTHING_FOUND);
    assertThat(healed).isZero();
  }

  @Test
  void ofAClaimOfWhatIsGone() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V6_2).start();
        RespClient client = source.client();
        RunningLink link = RunningLink.between(source, target).start()) {
      link.awaitCaughtUp();
      client.call("XADD", "s", "1-1", "f", "gone");
      client.call("XADD", "s", "2-1", "f", "stays");
      client.call("XGROUP", "CREATE", "s", "g", "0");
      client.call("XREADGROUP", "GROUP", "g", "first", "STREAMS", "s", ">");
      client.call("XDEL", "s", "1-1");
      client.call("XAUTOCLAIM", "s", "g", "second", "0", "0");
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().healed()).isEmpty();
      DatasetComparer.assertEqual(source, target);
    }
  }

  private static void isFetched(ServerVersion from, ServerVersion to, String commands) {
    assertThat(healed(from, to, commands)).isPositive();
  }

  private static long healed(ServerVersion from, ServerVersion to, String commands) {
    try (RedisServer source = new RedisServer(from).start();
        RedisServer target = new RedisServer(to).start();
        RespClient client = source.client();
        RunningLink link = RunningLink.between(source, target).start()) {
      link.awaitCaughtUp();
      commands.lines().forEach(line -> client.call(words(line)));
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().deadLetters()).isEmpty();
      assertThat(link.status().ledger().balanced()).isTrue();
      DatasetComparer.assertEqual(source, target);
      return link.healed(HealReason.OLDER_TARGET);
    }
  }

  /** By spaces outside of double quotes. */
  private static String[] words(String line) {
    String[] quoted = line.split("\"");
    if (quoted.length == 1) {
      return line.split(" ");
    }
    return new String[] {quoted[0].strip(), quoted[1], quoted[2].strip()};
  }
}
