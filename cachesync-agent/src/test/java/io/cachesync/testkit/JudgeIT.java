package io.cachesync.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The judge is judged first: a comparer that finds nothing proves nothing. */
class JudgeIT {
  @RegisterExtension
  static final RedisServer LEFT = new RedisServer(ServerVersion.V7_4).password("left-secret");

  @RegisterExtension static final RedisServer RIGHT = new RedisServer(ServerVersion.V7_0);

  @AfterEach
  void empty() {
    LEFT.flush();
    RIGHT.flush();
  }

  @Test
  void findsNothingWhereBothSidesAreEqual() {
    fill(LEFT);
    fill(RIGHT);
    assertThat(DatasetComparer.compare(LEFT, RIGHT)).isEmpty();
    assertThat(DatasetComparer.types(LEFT))
        .containsOnlyKeys("string", "list", "set", "hash", "zset", "stream");
  }

  @Test
  void findsEachKindOfDifference() {
    differs("APPEND", "s", "x");
    differs("RPUSH", "l", "x");
    differs("SADD", "set", "x");
    differs("HSET", "h", "f", "x");
    differs("ZADD", "z", "2", "a");
    differs("XACK", "x", "g", "1-1");
    differs("XGROUP", "CREATE", "x", "other", "0");
    differs("XADD", "x", "9-9", "f", "v");
    differs("PERSIST", "t");
    differs("DEL", "s");
    differs("SET", "new", "1");
    differs("MOVE", "s", "7");
    differs(
        "FUNCTION", "LOAD", "#!lua name=f\nredis.register_function('f', function() return 1 end)");
  }

  @Test
  void restartKeepsDataAndPort() {
    fill(RIGHT);
    int port = RIGHT.port();
    RIGHT.restart();
    assertThat(RIGHT.port()).isEqualTo(port);
    assertThat(RIGHT.keys()).isEqualTo(7);
  }

  @Test
  void proxyCutsAndRefuses() {
    try (FaultProxy proxy = new FaultProxy(RIGHT.port())) {
      try (RespClient client = new RespClient("127.0.0.1", proxy.port())) {
        assertThat(client.text("PING")).isEqualTo("PONG");
        proxy.cut();
        assertThatThrownBy(() -> client.call("PING")).isInstanceOf(UncheckedIOException.class);
      }
      proxy.cutAfter(100);
      try (RespClient client = new RespClient("127.0.0.1", proxy.port())) {
        assertThatThrownBy(() -> client.call("SET", "k", "v".repeat(200)))
            .isInstanceOf(UncheckedIOException.class);
      }
      try (RespClient client = new RespClient("127.0.0.1", proxy.port())) {
        assertThat(client.text("PING")).isEqualTo("PONG");
      }
    }
  }

  private static void differs(String... command) {
    LEFT.flush();
    RIGHT.flush();
    fill(LEFT);
    fill(RIGHT);
    try (RespClient client = RIGHT.client()) {
      client.call(command);
    }
    assertThat(DatasetComparer.compare(LEFT, RIGHT)).as(String.join(" ", command)).isNotEmpty();
  }

  private static void fill(RedisServer server) {
    try (RespClient client = server.client()) {
      client.call("SET", "s", "text \u00ff\u0000");
      client.call("SET", "t", "1", "EX", "7200");
      client.call("RPUSH", "l", "a", "b");
      client.call("SADD", "set", "a", "b");
      client.call("HSET", "h", "f", "v", "g", "w");
      client.call("ZADD", "z", "0.1", "a", "-inf", "b");
      client.call("XADD", "x", "1-1", "f", "v");
      client.call("XGROUP", "CREATE", "x", "g", "0");
      client.call("XREADGROUP", "GROUP", "g", "c", "STREAMS", "x", ">");
    }
  }
}
