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
    String said = check();
    assertThat(said)
        .contains(writes.size() + " differ")
        .contains("db0 list (list): ELEMENT 222222");
  }

  private String check() throws IOException, InterruptedException {
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
                "--source=" + SOURCE.uri(),
                "--target=" + TARGET.uri(),
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
