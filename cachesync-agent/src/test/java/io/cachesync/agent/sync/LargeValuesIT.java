package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that are handed on in parts. */
class LargeValuesIT {
  /** Of 240 bytes each: some more than one part. */
  private static final String MEMBERS = "37000";

  private static final String MEMBER = "string.rep(redis.sha1hex(i) .. redis.sha1hex(-i), 3)";

  @ParameterizedTest
  @CsvSource({"V7_0, V7_0", "V7_4, V2_8"})
  void arriveWhole(ServerVersion from, ServerVersion to) {
    try (RedisServer source = server(from).start();
        RedisServer target = new RedisServer(to).start()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      setup.onExists = ConflictPolicy.REPLACE;
      fill(source);
      target.pipeline(
          List.of(
              new String[] {"SADD", "large:list", "another", "type"},
              new String[] {"SADD", "large:set", "no longer there"},
              new String[] {"SET", "large:hash", "x", "EX", "1000"}));
      try (RunningLink link = setup.start()) {
        link.awaitPhase(Phase.INCREMENTAL);
        try (RespClient client = source.client()) {
          client.call("RPUSH", "large:list", "later");
          client.call("APPEND", "large:string", "later");
        }
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      // Between the looks at both sides much is read.
      assertThat(DatasetComparer.compare(source, target, Duration.ofMinutes(5))).isEmpty();
      if (from == to) {
        assertThat(target.digest()).isEqualTo(source.digest());
      }
    }
  }

  /** Each of them takes more memory than the agent has. */
  @Test
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void fitThroughASmallHeap() {
    try (RedisServer source = server(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start()) {
      try (RespClient client = source.client()) {
        for (int from = 0; from < 5_000_000; from += 50_000) {
          eval(
              client,
              "for i = "
                  + from
                  + ", "
                  + (from + 49_999)
                  + " do"
                  + " redis.call('ZADD', KEYS[1], i / 7, 'member:' .. i) end",
              "zset");
        }
        client.call("SETRANGE", "string", "400000000", "the end");
      }
      try (AgentProcess agent =
          AgentProcess.syncWith(
              List.of("-Xmx256m"),
              "--source",
              source.uri(),
              "--target",
              target.uri(),
              "--full-only",
              "--skip-precheck")) {
        assertThat(agent.exitCode()).as(agent.output()).isZero();
      }
      assertSameInPages(source, target);
    }
  }

  /** A digest of such values takes minutes. */
  private static void assertSameInPages(RedisServer source, RedisServer target) {
    try (RespClient from = source.client();
        RespClient to = target.client()) {
      for (String[] size : new String[][] {{"ZCARD", "zset"}, {"STRLEN", "string"}}) {
        assertThat(to.call(size)).isEqualTo(from.call(size));
      }
      for (long at = 0; at < from.number("ZCARD", "zset"); at += 50_000) {
        String last = Long.toString(at + 49_999);
        String[] page = {"ZRANGE", "zset", Long.toString(at), last, "WITHSCORES"};
        assertThat(to.call(page)).as("members from %d", at).isEqualTo(from.call(page));
      }
      for (long at = 0; at < from.number("STRLEN", "string"); at += 10_000_000) {
        String[] page = {"GETRANGE", "string", Long.toString(at), Long.toString(at + 9_999_999)};
        assertThat(to.text(page).equals(from.text(page))).as("bytes from %d", at).isTrue();
      }
    }
  }

  private static RedisServer server(ServerVersion version) {
    return new RedisServer(version)
        .option("rdbcompression", "no")
        .option("lua-time-limit", "60000");
  }

  private static void fill(RedisServer source) {
    try (RespClient client = source.client()) {
      each(client, "redis.call('RPUSH', KEYS[1], " + MEMBER + ")", "large:list");
      each(client, "redis.call('SADD', KEYS[1], " + MEMBER + ")", "large:set");
      each(client, "redis.call('HSET', KEYS[1], i, " + MEMBER + " .. i)", "large:hash");
      each(client, "redis.call('ZADD', KEYS[1], i / 7, " + MEMBER + ")", "large:zset");
      client.call("ZADD", "large:zset", "-inf", "low", "inf", "high", "0.1", "tenth");
      client.call("PEXPIRE", "large:zset", "3600000");
      client.call("SETRANGE", "large:string", "20000000", "the end");
      client.call("SET", "small", "value");
      // Large enough not to be copied on their way, and too small to be cut.
      for (String command :
          List.of("'RPUSH', KEYS[1], ", "'SADD', KEYS[1], ", "'HSET', KEYS[1], i, ")) {
        String key = "middle:" + command.substring(1, 5);
        eval(client, "for i = 1, 4000 do redis.call(" + command + MEMBER + ") end", key);
      }
      client.call("SETRANGE", "middle:string", "700000", "the end");
    }
  }

  private static void each(RespClient client, String command, String key) {
    eval(client, "for i = 1, " + MEMBERS + " do " + command + " end", key);
  }

  private static void eval(RespClient client, String script, String key) {
    client.call("EVAL", script, "1", key);
  }
}
