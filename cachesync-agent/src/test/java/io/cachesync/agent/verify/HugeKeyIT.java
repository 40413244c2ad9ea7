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

/** Keys of a million elements, of more than a hundred megabytes each, in a heap that holds none. */
class HugeKeyIT {
  private static final boolean ALL = "all".equals(System.getProperty("cachesync.test.scope"));
  private static final String HEAP = "-Xmx40m";
  private static final int MILLION = 1_000_000;

  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_4);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_4);

  @TempDir private Path folder;

  @Test
  void oneElementOfAMillionIsFoundInASmallHeap() throws Exception {
    String value = "('x'):rep(60)..i";
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
          client.call("EVAL", "for i=1," + MILLION + " do " + write + " end", "0");
        }
      }
    }
    try (RespClient client = TARGET.client()) {
      client.call("LSET", "list", "777777", "damaged");
      if (ALL) {
        client.call("HSET", "hash", "field-777777", "damaged");
        client.call("SREM", "set", "x".repeat(60) + 777777);
        client.call("ZINCRBY", "zset", "0.5", "x".repeat(60) + 777777);
        client.call("XDEL", "stream", "777777-1");
      }
    }
    String said = check();
    assertThat(said)
        .contains(writes.size() + " differ")
        .contains("db0 list (list): ELEMENT 777777");
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
