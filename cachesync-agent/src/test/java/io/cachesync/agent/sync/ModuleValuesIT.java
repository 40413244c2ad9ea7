package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Values of a module's own types, of RediSearch 1.2 as Debian has it: an index, inverted indexes of
 * words and tags, a tree of numbers, a dictionary of suggestions. Its documents are hashes.
 */
@EnabledIfSystemProperty(named = "cachesync.redisearch", matches = ".+")
class ModuleValuesIT {
  private static final int DOCUMENTS = 50;
  private static final List<Object> FOUND = List.of(11L, "doc20", "doc19", "doc18");

  @ParameterizedTest
  @CsvSource({"V8_0, V8_0", "VALKEY_8, VALKEY_8", "VALKEY_8, V8_0"})
  void theyAreTheSameWhereTheTargetHasTheModule(ServerVersion from, ServerVersion to) {
    try (RedisServer source = withModule(from).start();
        RedisServer target = withModule(to).start();
        RespClient client = source.client();
        RespClient there = target.client()) {
      index(client);
      try (RunningLink link = RunningLink.between(source, target).start()) {
        link.awaitCaughtUp();
        client.call("SET", "plain", "behind the full sync");
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().deadLetters()).isEmpty();
      }
      assertThat(search(client)).isEqualTo(FOUND);
      assertThat(search(there)).isEqualTo(FOUND);
      assertThat(there.list("FT.SUGGET", "suggestions", "he")).isEqualTo(List.of("hello"));
      assertThat(there.call("DEBUG", "DIGEST")).isEqualTo(client.call("DEBUG", "DIGEST"));
    }
  }

  @Test
  void theyAreListedWhereItHasNot() {
    try (RedisServer source = withModule(ServerVersion.V8_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = source.client();
        RespClient there = target.client()) {
      index(client);
      client.call("SET", "plain", "v");
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.onUnsupported = UnsupportedPolicy.SKIP;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        List<DeadLetter> letters = link.status().deadLetters();
        assertThat(letters)
            .extracting(DeadLetter::key)
            .contains("idx:articles", "suggestions")
            .doesNotContain("doc1", "plain");
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(there.call("HGET", "doc1", "title")).isEqualTo("hello world 1");
      assertThat(there.call("GET", "plain")).isEqualTo("v");
    }
  }

  @Test
  void theFullSyncStopsWhereNothingMayBeLeftOut() {
    try (RedisServer source = withModule(ServerVersion.V8_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = source.client()) {
      index(client);
      try (RunningLink link = RunningLink.between(source, target).start()) {
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.VERSION_TOO_OLD);
        assertThat(link.end().fault().message()).contains("load the module there");
      }
    }
  }

  @Test
  void theStreamGoesOnOnceTheTargetHasTheModule() {
    String module = System.getProperty("cachesync.redisearch");
    try (RedisServer source = withModule(ServerVersion.V8_0).start();
        RedisServer target =
            new RedisServer(ServerVersion.V8_0).option("enable-module-command", "yes").start();
        RespClient client = source.client();
        RespClient there = target.client()) {
      client.call("FT.SUGADD", "suggestions", "hello", "1");
      String dump = client.text("DUMP", "suggestions");
      client.call("DEL", "suggestions");
      RunningLink.Setup setup = RunningLink.between(source, target);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        client.call("RESTORE", "suggestions", "0", dump);
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.VERSION_TOO_OLD);
        assertThat(link.end().fault().message()).contains("load the module there", "'suggestions'");
      }
      client.call("SET", "plain", "meanwhile");
      there.call("MODULE", "LOAD", module);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().deadLetters()).isEmpty();
        assertThat(link.status().ledger().balanced()).isTrue();
      }
      assertThat(there.list("FT.SUGGET", "suggestions", "he")).isEqualTo(List.of("hello"));
      assertThat(there.call("DEBUG", "DIGEST")).isEqualTo(client.call("DEBUG", "DIGEST"));
    }
  }

  @Test
  void itsCommandsStopTheLinkBehindWhatCameBefore() {
    try (RedisServer source = withModule(ServerVersion.V8_0).start();
        RedisServer target = withModule(ServerVersion.V8_0).start();
        RespClient client = source.client();
        RespClient there = target.client()) {
      index(client);
      try (RunningLink link = RunningLink.between(source, target).start()) {
        link.awaitCaughtUp();
        client.call("SET", "plain", "before");
        add(client, DOCUMENTS + 1);
        client.call("SET", "plain", "behind");
        LinkOutcome end = link.end();
        assertThat(end.fault().code()).isEqualTo(FaultCode.UNKNOWN_COMMAND);
        assertThat(end.fault().message()).contains("FT.SAFEADD");
        assertThat(there.call("GET", "plain")).isEqualTo("before");
      }
    }
  }

  /** The servers of the tests that the registry of npm has cannot load anything. */
  private static RedisServer withModule(ServerVersion version) {
    return new RedisServer(version)
        .option("loadmodule", System.getProperty("cachesync.redisearch"));
  }

  private static void index(RespClient client) {
    client.call(
        ("FT.CREATE articles SCHEMA title TEXT WEIGHT 5.0 body TEXT price NUMERIC tag TAG"
                + " place GEO")
            .split(" "));
    for (int i = 1; i <= DOCUMENTS; i++) {
      add(client, i);
    }
    client.call("FT.SUGADD", "suggestions", "hello", "1");
  }

  private static void add(RespClient client, int i) {
    client.call(
        "FT.ADD",
        "articles",
        "doc" + i,
        "1.0",
        "FIELDS",
        "title",
        "hello world " + i,
        "body",
        "lorem ipsum " + i,
        "price",
        "" + i,
        "tag",
        "even" + i % 2,
        "place",
        "13.4,52." + i);
  }

  private static List<Object> search(RespClient client) {
    return client.list(
        "FT.SEARCH", "articles", "@price:[10 20] world", "NOCONTENT", "LIMIT", "0", "3");
  }
}
