package io.cachesync.agent.precheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.precheck.ShortExpiryCheck.ImportMode;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Severity;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FindingsTest {
  private static final Pattern VALUE = Pattern.compile("\\{(\\w+)}");

  @Test
  void everySentenceHasItsTranslationWithTheSameValues() throws IOException {
    Properties english = texts("findings.properties");
    Properties chinese = texts("findings_zh_CN.properties");

    assertThat(chinese.stringPropertyNames()).isEqualTo(english.stringPropertyNames());
    for (String key : english.stringPropertyNames()) {
      assertThat(values(chinese.getProperty(key)))
          .as(key)
          .isEqualTo(values(english.getProperty(key)));
    }
  }

  @Test
  void everyCheckCanPassAndEverythingElseSaysWhatToDo() throws IOException {
    Set<String> keys = texts("findings.properties").stringPropertyNames();
    for (PrecheckCode code : PrecheckRun.ALL_CODES) {
      assertThat(keys).anyMatch(key -> key.startsWith("finding." + code + ".PASS"));
    }
    for (String key : keys) {
      if (key.endsWith(".summary") && !key.contains(".PASS")) {
        assertThat(keys).contains(key.replace(".summary", ".remedy"));
      }
    }
  }

  /** What expires early at the target is fetched again; the warning is of what that costs. */
  @Test
  void shortTimesAreSaidToBeFetchedAgain() throws IOException {
    Properties english = texts("findings.properties");
    Properties chinese = texts("findings_zh_CN.properties");
    for (String variant : List.of("short", "unknown", "could-import")) {
      String key = "finding.SHORT_EXPIRY.WARNING." + variant + ".summary";
      assertThat(english.getProperty(key)).as(key).contains("fetched again");
      assertThat(chinese.getProperty(key)).as(key).contains("重新取得");
    }
  }

  @Test
  void fillsSentencesWithValues() {
    PrecheckFinding finding =
        Finding.warning(PrecheckCode.TARGET_EMPTY, "replace")
            .with("keys", 7)
            .with("databases", "0")
            .done();

    assertThat(finding.summary())
        .startsWith("The target is not empty")
        .endsWith("Keys there: 7; databases: 0.");
    assertThat(finding.remedy()).isNotEmpty();
    assertThat(finding.summary()).as("no plural where there may be one").doesNotContain("7 keys");
  }

  @ParameterizedTest
  @CsvSource({
    "6.2.7, , 7.0.15, , true",
    "7.0.15, , 6.2.7, , false",
    "7.9.224, , 7.4.1, , true",
    "8.6.0, , 7.4.1, , false",
    "7.2.4, 8.0.1, 7.2.4, , true",
    "7.4.1, , 7.2.4, 9.0.0, false",
    "7.2.4, 9.0.0, 7.4.1, , false",
    "2.8.19, , 7.2.4, 9.0.0, true",
  })
  void knowsWhichRdbVersionsCross(
      String redisSource,
      String valkeySource,
      String redisTarget,
      String valkeyTarget,
      boolean ok) {
    assertThat(
            RdbVersion.reads(server(redisTarget, valkeyTarget), server(redisSource, valkeySource)))
        .isEqualTo(ok);
  }

  @Test
  void aReplicaIsCutByTheHardLimitOrByTheSoftOneInTime() {
    OutputBufferCheck.Limit limit =
        OutputBufferCheck.Limit.parse(
                "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60")
            .orElseThrow();
    long mb = 1 << 20;

    assertThat(limit).isEqualTo(new OutputBufferCheck.Limit(256 * mb, 64 * mb, 60));
    assertThat(limit.cuts(mb, 100)).isFalse();
    assertThat(limit.cuts(mb, 130)).as("above the soft limit for 66 s").isTrue();
    assertThat(limit.cuts(30 * mb, 9)).as("above the hard limit").isTrue();
    assertThat(new OutputBufferCheck.Limit(0, 0, 0).cuts(900 * mb, 900)).isFalse();
    assertThat(OutputBufferCheck.Limit.parse("normal 0 0 0")).isEqualTo(Optional.empty());
  }

  @Test
  void writesAreCountedByTheOffsetWhereItMoves() {
    ServerInfo first = ServerInfo.parse("repl_backlog_active:1\r\nmaster_repl_offset:100\r\n");
    ServerInfo second = ServerInfo.parse("repl_backlog_active:1\r\nmaster_repl_offset:5100\r\n");
    assertThat(WriteRate.between(first, second, 500_000_000)).isEqualTo(10_000);

    ServerInfo third = ServerInfo.parse("repl_backlog_active:0\r\ntotal_net_input_bytes:100\r\n");
    ServerInfo fourth =
        ServerInfo.parse("repl_backlog_active:0\r\ntotal_net_input_bytes:11124\r\n");
    assertThat(WriteRate.between(third, fourth, 1_000_000_000)).isEqualTo(10_000);
  }

  @Test
  void aTargetWhoseClockIsFarAheadIsBlocked() {
    assertThat(ahead(0)).isEmpty();
    assertThat(ahead(700)).get().extracting("variant").isEqualTo("servers");
    assertThat(ahead(-700)).get().extracting("variant").isEqualTo("behind");
    assertThat(ahead(61_000)).get().extracting("severity").hasToString("BLOCK");
  }

  @Test
  void aTargetThatCouldLeaveExpiryToTheSourceIsToldSo() {
    PrecheckFinding could = ShortExpiryCheck.ofShort("short", ImportMode.OFF).done();
    assertThat(could.severity()).isEqualTo(Severity.WARNING);
    assertThat(could.command()).isEqualTo("CONFIG SET import-mode yes");
    assertThat(ShortExpiryCheck.ofShort("short", ImportMode.ON).done().severity())
        .isEqualTo(Severity.PASS);
    assertThat(ShortExpiryCheck.ofShort("short", ImportMode.UNKNOWN_THERE).done().variant())
        .isEqualTo("short");
  }

  @Test
  void sizesAndTimesReadWell() {
    assertThat(List.of(Amount.bytes(512), Amount.bytes(1536), Amount.bytes(256L << 20)))
        .containsExactly("512 B", "1.5 KB", "256 MB");
    assertThat(List.of(Amount.seconds(90), Amount.seconds(600), Amount.seconds(7200)))
        .containsExactly("90 s", "10 min", "2 h");
    assertThat(Amount.megabytes((1 << 20) + 1)).isEqualTo("2mb");
  }

  private static Optional<PrecheckFinding> ahead(long millis) {
    return ClockSkewCheck.servers(
        new ClockSkewCheck.ServerClock("source:6379", 50),
        new ClockSkewCheck.ServerClock("target:6379", 50 + millis));
  }

  private static ServerInfo server(String redis, String valkey) {
    String info = "redis_version:" + redis + "\r\n";
    return ServerInfo.parse(valkey == null ? info : info + "valkey_version:" + valkey + "\r\n");
  }

  private static Set<String> values(String text) {
    Set<String> names = new TreeSet<>();
    VALUE.matcher(text).results().forEach(found -> names.add(found.group(1)));
    return names;
  }

  private static Properties texts(String name) throws IOException {
    Properties texts = new Properties();
    try (InputStreamReader in =
        new InputStreamReader(
            FindingsTest.class.getResourceAsStream("/messages/" + name), StandardCharsets.UTF_8)) {
      texts.load(in);
    }
    return texts;
  }
}
