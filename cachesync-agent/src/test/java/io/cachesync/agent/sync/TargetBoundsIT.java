package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A target whose protocol takes less than the source's. */
class TargetBoundsIT {
  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V6_2);

  private static final String LEAST = "1048576";
  private static final String USUAL = "536870912";
  private static final String LARGE = RunningLink.noise(3 << 20);

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
    TARGET.config("proto-max-bulk-len", LEAST);
  }

  @Test
  void aValueIsCutIntoWhatItTakes() {
    try (RespClient source = SOURCE.client()) {
      for (int i = 0; i < 40; i++) {
        source.call("HSET", "hash", "field:" + i, RunningLink.noise(60_000));
        source.call("RPUSH", "list", RunningLink.noise(60_000));
        source.call("SADD", "set", RunningLink.noise(60_000));
        source.call("ZADD", "zset", Integer.toString(i), RunningLink.noise(60_000));
        source.call("APPEND", "text", RunningLink.noise(25_000));
      }
      source.call("PEXPIRE", "hash", "3600000");
      try (RunningLink link = RunningLink.between(SOURCE, TARGET).start()) {
        link.awaitCaughtUp();
        assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      }
    }
  }

  @Test
  void aStringThatItDoesNotTakeEndsTheFullSync() {
    try (RespClient source = SOURCE.client()) {
      source.call("SET", "large", LARGE);
      long before = fullSyncs();
      RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
      try (RunningLink link = setup.start()) {
        awaitFailed(link);
        assertTooLarge(link, "'large' of database 0");
      }
      assertThat(fullSyncs()).isEqualTo(before + 1);
      TARGET.config("proto-max-bulk-len", USUAL);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      }
    }
  }

  @Test
  void anArgumentThatItDoesNotTakeEndsTheStream() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    try (RespClient source = SOURCE.client()) {
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        source.call("SET", "large", LARGE);
        source.call("SET", "after", "1");
        awaitFailed(link);
        assertTooLarge(link, "an argument of SET large at offset ");
        assertTooLarge(link, "3145728 bytes");
      }
      goesOn(setup);
    }
  }

  /** Its limit was read when it was connected to; what it answers then is why it closes. */
  @Test
  void whatItSaysBeforeItClosesIsTold() {
    TARGET.config("proto-max-bulk-len", USUAL);
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    try (RespClient source = SOURCE.client()) {
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        TARGET.config("proto-max-bulk-len", LEAST);
        source.call("MULTI");
        source.call("INCR", "number");
        source.call("SET", "large", LARGE);
        source.call("EXEC");
        awaitFailed(link);
        assertTooLarge(link, "invalid bulk length");
        assertTooLarge(link, "SET large");
      }
      goesOn(setup);
      assertThat(source.call("GET", "number")).isEqualTo("1");
    }
  }

  @Test
  void whatItSaysInAFullSyncIsTold() {
    TARGET.config("proto-max-bulk-len", USUAL);
    try (RespClient source = SOURCE.client()) {
      source.call("SET", "large", LARGE);
      source.call("SET", "larger", LARGE + LARGE);
      RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
      setup.onSaid =
          line -> {
            if (line.startsWith("full sync 1 of")) {
              TARGET.config("proto-max-bulk-len", LEAST);
            }
          };
      try (RunningLink link = setup.start()) {
        awaitFailed(link);
        assertTooLarge(link, "invalid bulk length for the key 'large");
      }
    }
  }

  /** It closes without a word where its query buffer is full, so nothing is sent that fills it. */
  @ParameterizedTest
  @EnumSource(names = {"V6_2", "V7_4"})
  void aSmallQueryBufferIsKeptTo(ServerVersion version) {
    try (RedisServer small =
            new RedisServer(version).option("client-query-buffer-limit", LEAST).start();
        RespClient source = SOURCE.client()) {
      for (int i = 0; i < 40; i++) {
        source.call("HSET", "hash", "field:" + i, RunningLink.noise(60_000));
        source.call("APPEND", "text", RunningLink.noise(25_000));
      }
      RunningLink.Setup setup = RunningLink.between(SOURCE, small);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        List<String[]> commands = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
          commands.add(new String[] {"RPUSH", "list", RunningLink.noise(60_000)});
          commands.add(new String[] {"SET", "key:" + i, RunningLink.noise(60_000)});
        }
        link.behind(SOURCE, commands);
        link.awaitCaughtUp();
        assertThat(link.status().retries()).as("%s", link.said()).isZero();
        assertThat(DatasetComparer.compare(SOURCE, small)).isEmpty();
        source.call("SET", "large", LARGE);
        awaitFailed(link);
        assertTooLarge(link, "at most 1048574 (client-query-buffer-limit)");
      }
      small.config("client-query-buffer-limit", USUAL);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.wasIn(Phase.FULL_SYNC)).isFalse();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(DatasetComparer.compare(SOURCE, small)).isEmpty();
    }
  }

  /** What the source has executed as one is sent as one, and may be more than it takes. */
  @Test
  void thatItMayHaveBeenTooMuchAtOnceIsTold() {
    try (RedisServer small =
            new RedisServer(ServerVersion.V7_4).option("client-query-buffer-limit", LEAST).start();
        RespClient source = SOURCE.client();
        RunningLink link = RunningLink.between(SOURCE, small).start()) {
      link.awaitCaughtUp();
      source.call("MULTI");
      for (int i = 0; i < 40; i++) {
        source.call("RPUSH", "list", RunningLink.noise(60_000));
      }
      source.call("EXEC");
      Awaitility.await()
          .until(
              () ->
                  link.said().stream()
                      .anyMatch(line -> line.contains("client-query-buffer-limit (1048576)")));
      small.config("client-query-buffer-limit", USUAL);
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(DatasetComparer.compare(SOURCE, small)).isEmpty();
    }
  }

  /** Below 7.0 a command has at most 1,048,576 words. */
  @Test
  void aCommandOfMoreWordsIsPutAsSeveral() {
    int pairs = 600_000;
    try (RunningLink link = RunningLink.between(SOURCE, TARGET).start();
        RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      link.awaitCaughtUp();
      source.call(numbered(2 * pairs, "MSET"));
      source.call(numbered(2 * pairs, "RPUSH", "list"));
      source.call(numbered(2 * pairs, "HSET", "hash"));
      source.call(numbered(2 * pairs, "SADD", "set"));
      source.call(numbered(2 * pairs, "PFADD", "log"));
      source.call("SET", "after", "1");
      link.awaitCaughtUp();
      assertThat(target.number("DBSIZE")).isEqualTo(source.number("DBSIZE") + ours(target));
      assertThat(target.list("LRANGE", "list", "1048570", "1048580"))
          .isEqualTo(source.list("LRANGE", "list", "1048570", "1048580"));
      for (Map.Entry<String, String> each :
          Map.of("list", "LLEN", "hash", "HLEN", "set", "SCARD", "log", "PFCOUNT").entrySet()) {
        assertThat(target.call(each.getValue(), each.getKey()))
            .isEqualTo(source.call(each.getValue(), each.getKey()));
      }
      source.call(numbered(2 * pairs, "DEL"));
      link.awaitCaughtUp();
      assertThat(link.status().retries()).isZero();
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      assertThat(target.number("DBSIZE")).isEqualTo(source.number("DBSIZE"));
      assertThat(link.status().deadLetters()).isEmpty();
    }
  }

  private static void goesOn(RunningLink.Setup setup) {
    TARGET.config("proto-max-bulk-len", USUAL);
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.wasIn(Phase.FULL_SYNC)).isFalse();
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
    }
  }

  /** A link that tries what the target does not take would do so for ever. */
  private static void awaitFailed(RunningLink link) {
    Awaitility.await()
        .failFast(
            () -> {
              if (link.wasIn(Phase.RETRYING)) {
                throw new AssertionError("is tried again: " + link.said());
              }
            })
        .until(() -> link.link().outcome().isPresent());
  }

  private static void assertTooLarge(RunningLink link, String words) {
    Fault fault = link.end().fault();
    assertThat(fault.code()).isEqualTo(FaultCode.VALUE_TOO_LARGE);
    assertThat(fault.message()).contains(words);
    assertThat(link.said()).noneMatch(line -> line.contains("CONNECTION_LOST"));
  }

  private static long fullSyncs() {
    try (RespClient client = SOURCE.client()) {
      return Long.parseLong(client.info("stats").get("sync_full"));
    }
  }

  private static long ours(RespClient client) {
    return client.list("KEYS", "cachesync:*").size();
  }

  private static String[] numbered(int count, String... begin) {
    List<String> words = new ArrayList<>(List.of(begin));
    for (int i = 0; i < count; i++) {
      words.add("k" + i);
    }
    return words.toArray(new String[0]);
  }
}
