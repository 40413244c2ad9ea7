package io.cachesync.agent.rdb;

import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;

/** Keys in every encoding that a server's version has, small enough to be committed. */
final class EncodingSample {
  /** Far away, so that nothing of a committed file ever expires. */
  static final long FAR_MILLIS = 4102444800123L;

  private static final int SMALL = 3;
  private static final int LARGE = 12;

  private final RespClient client;
  private final ServerVersion version;

  private EncodingSample(RespClient client, ServerVersion version) {
    this.client = client;
    this.version = version;
  }

  static void fill(RespClient client, ServerVersion version) {
    lowerThresholds(client, version);
    EncodingSample sample = new EncodingSample(client, version);
    sample.strings();
    sample.collections();
    client.call("SELECT", "7");
    client.call("SET", "in another database", "x");
    client.call("PEXPIREAT", "in another database", Long.toString(FAR_MILLIS));
    client.call("SELECT", "0");
    if (version.atLeast(ServerVersion.V6_0)) {
      sample.stream();
    }
    if (version.atLeast(ServerVersion.V7_0)) {
      client.call(
          "FUNCTION",
          "LOAD",
          "#!lua name=sample\nredis.register_function('one', function() return 1 end)");
    }
    if (hasFieldTimes(version)) {
      sample.hashFieldExpiry();
    }
  }

  private static boolean hasFieldTimes(ServerVersion version) {
    return version.atLeast(ServerVersion.V7_4)
        && version != ServerVersion.VALKEY_8
        && version != ServerVersion.VALKEY_8_1;
  }

  /**
   * Lets a dozen elements make the large encoding. A server that is to hold the same needs it too:
   * a score of -0 becomes 0 where the small one is chosen.
   */
  static void lowerThresholds(RespClient client, ServerVersion version) {
    String packed = version.atLeast(ServerVersion.V7_0) ? "listpack" : "ziplist";
    config(client, "hash-max-" + packed + "-entries", "6");
    config(client, "zset-max-" + packed + "-entries", "6");
    config(client, "set-max-intset-entries", "6");
    if (version.atLeast(ServerVersion.V7_4)) {
      config(client, "set-max-listpack-entries", "6");
    }
    if (version.atLeast(ServerVersion.V3_2)) {
      config(client, "list-max-ziplist-size", "6");
      config(client, "list-compress-depth", "1");
    } else {
      config(client, "list-max-ziplist-entries", "6");
    }
    if (version.atLeast(ServerVersion.V6_0)) {
      config(client, "stream-node-max-entries", "4");
    }
  }

  private static void config(RespClient client, String name, String value) {
    client.call("CONFIG", "SET", name, value);
  }

  private void strings() {
    String[] values = {
      "",
      "0",
      "-1",
      "127",
      "-128",
      "128",
      "-32768",
      "32767",
      "32768",
      "2147483647",
      "-2147483648",
      "2147483648",
      "007",
      "1.5",
      "a\r\nb",
      "x".repeat(63),
      "x".repeat(64),
      "abc".repeat(100),
      "\u0000\u00ff\u0080"
    };
    for (int i = 0; i < values.length; i++) {
      client.call("SET", "string:" + i, values[i]);
    }
    StringBuilder mixed = new StringBuilder();
    for (int i = 0; i < 17_000; i++) {
      mixed.append((char) ('a' + (i * 7919 % 1_000_003) % 3));
    }
    client.call("SET", "string:long", mixed.toString());
    client.call("SET", "12345", "a key that is a number");
    client.call("SET", "k".repeat(100), "a key that is compressed");
    client.call("SET", "", "the empty key");
    client.call("SET", "string:expiring", "x");
    client.call("PEXPIREAT", "string:expiring", Long.toString(FAR_MILLIS));
  }

  private void collections() {
    for (int count : new int[] {SMALL, LARGE}) {
      call("RPUSH", "list:" + count, 1, count);
      call("SADD", "set:" + count, 1, count);
      call("HSET", "hash:" + count, 2, count);
      call("ZADD", "zset:" + count, -2, count);
      List<String> numbers = new ArrayList<>(List.of("SADD", "intset:" + count));
      for (int i = 0; i < count; i++) {
        numbers.add(Long.toString((long) i * i * 1_000_003 * (i % 2 == 0 ? 1 : 40_000)));
      }
      client.call(numbers.toArray(String[]::new));
    }
    client.call("RPUSH", "list:long element", "y".repeat(9000), "12345", "z");
    for (String score : new String[] {"inf", "-inf", "-0", "1e308", "0.1", "9007199254740993"}) {
      client.call("ZADD", "zset:scores", score, "member " + score);
      client.call("ZADD", "zset:12", score, "member " + score);
    }
    client.call("PEXPIREAT", "hash:12", Long.toString(FAR_MILLIS));
  }

  /** One command with many elements; {@code shape}: 1 values, 2 pairs, -2 score and member. */
  private void call(String command, String key, int shape, int count) {
    for (int i = 0; i < count; i++) {
      String value = i == 2 ? "123456" : "element " + i + " " + "v".repeat(i * 3);
      switch (shape) {
        case 1 -> client.call(command, key, value);
        case 2 -> client.call(command, key, "field " + i, value);
        default -> client.call(command, key, i + ".25", value);
      }
    }
  }

  private void stream() {
    for (int i = 1; i <= 10; i++) {
      client.call("XADD", "stream", i + "-1", "field", "value " + i, "other", "x");
    }
    client.call("XADD", "stream", "11-1", "another", "shape");
    client.call("XDEL", "stream", "3-1");
    client.call("XGROUP", "CREATE", "stream", "group", "0");
    client.call("XGROUP", "CREATE", "stream", "inside", "5-1");
    client.call("XREADGROUP", "GROUP", "group", "eve", "COUNT", "4", "STREAMS", "stream", ">");
    client.call("XREADGROUP", "GROUP", "group", "bob", "COUNT", "2", "STREAMS", "stream", ">");
    client.call("XACK", "stream", "group", "1-1");
    client.call("XGROUP", "CREATE", "stream:empty", "group", "$", "MKSTREAM");
  }

  private void hashFieldExpiry() {
    for (int count : new int[] {SMALL, LARGE}) {
      String key = "hash:expiring fields:" + count;
      call("HSET", key, 2, count);
      client.call(
          "HPEXPIREAT", key, Long.toString(FAR_MILLIS), "FIELDS", "2", "field 0", "field 1");
      client.call("HPEXPIREAT", key, Long.toString(FAR_MILLIS + 9), "FIELDS", "1", "field 2");
    }
  }
}
