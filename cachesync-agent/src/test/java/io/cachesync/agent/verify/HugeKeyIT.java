package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Keys of up to a million elements, each larger than the heap of the check. */
class HugeKeyIT {
  private static final boolean ALL = "all".equals(System.getProperty("cachesync.test.scope"));
  private static final String HEAP = "-Xmx40m";
  private static final int ELEMENTS = ALL ? 1_000_000 : 300_000;

  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_4);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_4);

  /** That tell no sizes. */
  @RegisterExtension
  static final RedisServer OLD_SOURCE =
      new RedisServer(ServerVersion.V3_2).option("rdbcompression", "no");

  @RegisterExtension
  static final RedisServer OLD_TARGET =
      new RedisServer(ServerVersion.V3_2).option("rdbcompression", "no");

  @TempDir private Path folder;

  @Test
  void oneElementOfAHugeValueIsFoundInASmallHeap() throws Exception {
    String value = "('x'):rep(200)..i";
    Stream<String> list = Stream.of("redis.call('RPUSH','list'," + value + ")");
    Stream<String> others =
        Stream.of(
            "redis.call('HSET','hash','field-'..i," + value + ")",
            "redis.call('SADD','set'," + value + ")",
            "redis.call('ZADD','zset',i," + value + ")",
            "redis.call('XADD','stream',i..'-1','f'," + value + ")");
    List<String> writes = (ALL ? Stream.concat(list, others) : list).toList();
    for (RedisServer server : List.of(SOURCE, TARGET)) {
      try (RespClient client = server.client()) {
        for (String write : writes) {
          client.call("EVAL", "for i=1," + ELEMENTS + " do " + write + " end", "0");
        }
      }
    }
    try (RespClient client = TARGET.client()) {
      client.call("LSET", "list", "222222", "damaged");
      if (ALL) {
        client.call("HSET", "hash", "field-222222", "damaged");
        client.call("SREM", "set", "x".repeat(200) + 222222);
        client.call("ZINCRBY", "zset", "0.5", "x".repeat(200) + 222222);
        client.call("XDEL", "stream", "222222-1");
      }
    }
    String said = check(SOURCE, TARGET);
    assertThat(said)
        .contains(writes.size() + " differ")
        .contains("db0 list (list): ELEMENT 222222");
  }

  @Test
  void aTargetThatIsSmallIsNotTakenForTheSource() throws Exception {
    SOURCE.flush();
    TARGET.flush();
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      source.call("CONFIG", "RESETSTAT");
      for (int i = 0; i < 40; i++) {
        source.call("SETRANGE", "string:" + i, "3000000", "x");
        target.call("SET", "string:" + i, "x");
      }
      String fields = "for i=1,200 do redis.call('HSET','hash',i,('x'):rep(300000)) end";
      source.call("EVAL", fields, "0");
      target.call("HSET", "hash", "1", "x");
      for (int i = 0; i < 20_000; i++) {
        source.send("SET", "same:" + i, "v");
        target.send("SET", "same:" + i, "v");
      }
      for (int i = 0; i < 20_000; i++) {
        source.read();
        target.read();
      }
      source.call("SETRANGE", "same:7777", "100000000", "x");
    }
    assertThat(check(SOURCE, TARGET)).contains("42 differ");
    try (RespClient source = SOURCE.client()) {
      assertThat(source.text("INFO", "commandstats"))
          .contains("cmdstat_mget:")
          .as("that of a key that does not exist")
          .contains("cmdstat_dump:calls=1,");
    }
  }

  @Test
  void fewElementsMayBeLarge() throws Exception {
    String lists =
        "for i=1,512 do for j=1,10 do redis.call('RPUSH','list:'..i,('x'):rep(10000)..j) end end";
    for (RedisServer server : List.of(OLD_SOURCE, OLD_TARGET)) {
      try (RespClient client = server.client()) {
        client.call("EVAL", lists, "0");
      }
    }
    try (RespClient client = OLD_TARGET.client()) {
      client.call("LSET", "list:300", "7", "damaged");
    }
    assertThat(check(OLD_SOURCE, OLD_TARGET))
        .contains("1 differ", "db0 list:300 (list): ELEMENT 7");
  }

  private String check(RedisServer source, RedisServer target)
      throws IOException, InterruptedException {
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.cachesync.agent.Main",
                "check",
                "--source=" + source.uri(),
                "--target=" + target.uri(),
                "--rounds=1")
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    int code = process.waitFor();
    String text = Files.readString(said, StandardCharsets.UTF_8);
    assertThat(code).as(text).isEqualTo(3);
    return text;
  }
}
