package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.Phase;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Scripts that a source below 5.0 sends as text, and that a newer target does not run. */
class ScriptLettersIT {
  private static final String UNNAMED = "return redis.call('INCR',\n\t'unnamed')";
  private static final String GOES_ROUND =
      "for i = 2, 3 do redis.call('select', i) redis.call('set', KEYS[1], KEYS[2]) end return 1";

  @Test
  void eachCallIsCountedAndTold() {
    try (RedisServer source = new RedisServer(ServerVersion.V2_8).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = source.client()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.onUnsupported = UnsupportedPolicy.SKIP;
      String digest;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        digest = client.text("SCRIPT", "LOAD", UNNAMED);
        client.call("EVALSHA", digest, "0");
        client.call("EVALSHA", digest, "0");
        client.call("SELECT", "3");
        client.call("EVALSHA", digest, "0");
        client.call("EVAL", GOES_ROUND, "2", "one", "two");
        client.call("SET", "plain", "v");
        link.awaitCaughtUp();
        agree(link, 4);
      }
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        agree(link, 4);
        client.call("EVALSHA", digest, "0");
        client.call("EVAL", GOES_ROUND, "2", "one", "two");
        client.call("EVAL", GOES_ROUND, "2", "one", "three");
        client.call("SET", "plain", "w");
        link.awaitCaughtUp();
        agree(link, 7);
        assertThat(link.status().deadLetters())
            .extracting(
                DeadLetter::database,
                DeadLetter::key,
                DeadLetter::otherKeys,
                DeadLetter::times,
                DeadLetter::script)
            .containsExactly(
                tuple(0, "", List.of(), 2L, digest),
                tuple(3, "", List.of(), 2L, digest),
                tuple(3, "one", List.of("two"), 2L, sha1(GOES_ROUND)),
                tuple(3, "one", List.of("three"), 1L, sha1(GOES_ROUND)));
        assertThat(link.status().deadLetters())
            .extracting(DeadLetter::text)
            .containsExactly(
                "return redis.call('INCR', 'unnamed')",
                "return redis.call('INCR', 'unnamed')",
                GOES_ROUND,
                GOES_ROUND);
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
    }
  }

  /** Where keys have other names it is not sent at all, and found when what it wrote is fetched. */
  @Test
  void soIsOneThatIsLeftOutForWhatIsMoved() {
    try (RedisServer source = new RedisServer(ServerVersion.V2_8).start();
        RedisServer target = new RedisServer(ServerVersion.V2_8).start();
        RespClient client = source.client()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.filter = ScriptDatabasesIT.mapped(Map.of(3, 4, 4, 3));
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        client.call("EVAL", GOES_ROUND, "2", "one", "two");
        client.call("EVAL", GOES_ROUND, "2", "one", "two");
        client.call("SET", "plain", "w");
        link.awaitCaughtUp();
        agree(link, 2);
        assertThat(link.status().deadLetters())
            .extracting(DeadLetter::database, DeadLetter::key, DeadLetter::script)
            .containsExactly(tuple(0, "one", sha1(GOES_ROUND)));
      }
    }
  }

  @Test
  void aTextIsShownInOneLineAndInPart() {
    assertThat(shown(" \n-- one\r\n\treturn 1  ")).isEqualTo("-- one return 1");
    assertThat(shown("a\u0000\u001b[31m\u202eé键😀")).isEqualTo("a\\u{0}\\u{1B}[31m\\u{202E}é键😀");
    byte[] broken = {'a', (byte) 0xff, (byte) 0xe2, (byte) 0x82};
    assertThat(ScriptLetters.beginning(broken, 0, 4)).isEqualTo("a\\xFF\\xE2\\x82");
    assertThat(shown("x".repeat(10_000_000))).isEqualTo("x".repeat(200) + "…");
    assertThat(shown("键".repeat(200))).isEqualTo("键".repeat(200));
    assertThat(shown(" ".repeat(5000) + "x")).isEqualTo("…");
  }

  private static void agree(RunningLink link, long commands) {
    assertThat(link.status().ledger().deadLetters()).isEqualTo(commands);
    assertThat(DeadLetter.times(link.status().deadLetters())).isEqualTo(commands);
    assertThat(link.status().ledger().balanced()).isTrue();
  }

  private static String shown(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ScriptLetters.beginning(bytes, 0, bytes.length);
  }

  private static String sha1(String text) {
    return ScriptDatabases.digest(text.getBytes(StandardCharsets.UTF_8));
  }
}
