package io.cachesync.agent.sample;

import java.util.SplittableRandom;

/** Deterministic data of every type that the server knows: same keys and seed, same data. */
final class SampleData {
  private static final int BIG = 3000;
  private static final int PART = 500;

  private final SampleServer server;
  private final long keys;
  private final long seed;
  private final CommandSink sink;

  SampleData(SampleServer server, long keys, long seed, CommandSink sink) {
    this.server = server;
    this.keys = keys;
    this.seed = seed;
    this.sink = sink;
  }

  /** Writes everything; the connection is on database 0 afterwards. */
  void write() {
    for (int database : server.usedDatabases()) {
      if (server.databases() > 1) {
        sink.send("SELECT", database);
      }
      writeDatabase(database);
    }
    if (server.databases() > 1) {
      sink.send("SELECT", 0);
    }
    if (server.version() >= 700) {
      sink.send(
          "FUNCTION",
          "LOAD",
          "REPLACE",
          "#!lua name=sample\nredis.register_function('sample_touch', function(keys, args) "
              + "return redis.call('INCRBY', keys[1], args[1]) end)");
    }
  }

  private void writeDatabase(int database) {
    for (SampleKind kind : SampleKind.values()) {
      if (!kind.existsIn(server.version())) {
        continue;
      }
      long count = kind.count(keys);
      for (long n = 0; n < count; n++) {
        if (server.database(n) == database) {
          writeKey(kind, n);
        }
      }
    }
  }

  private void writeKey(SampleKind kind, long n) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + kind.ordinal() + n * 31);
    byte[] key = kind.key(n);
    switch (kind) {
      case STRING -> sink.send("SET", key, SampleValues.letters(random, 10 + random.nextInt(90)));
      case INT -> sink.send("SET", key, SampleValues.number(random) >> 1);
      case TEXT -> sink.send("SET", key, SampleValues.words(random, 40 + random.nextInt(100)));
      case BINARY -> sink.send("SET", key, SampleValues.bytes(random, random.nextInt(64)));
      case VOLATILE -> sink.send("SET", key, SampleValues.letters(random, 40), "EX", hours(random));
      case BITMAP -> {
        sink.send("SETBIT", key, random.nextInt(4000), 1);
        sink.send("SETBIT", key, random.nextInt(4000), 1);
      }
      case HLL -> sendMembers("PFADD", key, random, 20);
      case LIST -> sendMembers("RPUSH", key, random, 1 + random.nextInt(12));
      case INTSET -> sink.send("SADD", key, n, n * 7, n * 70_000, -n - 1, 1L << 40);
      case SET -> sendMembers("SADD", key, random, 2 + random.nextInt(10));
      case HASH -> sendHash(key, random, 2 + random.nextInt(8), "field");
      case ZSET -> sendScores(key, random, 2 + random.nextInt(8));
      case GEO -> sink.send("GEOADD", key, "13.361389", "38.115556", "a", "15.08", "37.5", "b");
      case STREAM -> sendStream(key, random, 5);
      case FIELDS -> {
        sendHash(key, random, 4, "field");
        sink.send("HEXPIRE", key, hours(random), "FIELDS", 2, "field:0", "field:1");
      }
      case BIG_LIST -> sendParts("RPUSH", key, random);
      case BIG_SET -> sendParts("SADD", key, random);
      case BIG_HASH -> {
        for (int part = 0; part < BIG / PART; part++) {
          sendHash(key, random, PART, "field:" + part);
        }
      }
      case BIG_ZSET -> {
        for (int part = 0; part < BIG / PART; part++) {
          sendScores(key, random, PART);
        }
      }
      case BIG_STREAM -> sendStream(key, random, BIG / 2);
    }
    if (n % 11 == 5 && kind != SampleKind.VOLATILE) {
      sink.send("EXPIRE", key, hours(random));
    }
  }

  private void sendParts(String command, byte[] key, SplittableRandom random) {
    for (int part = 0; part < BIG / PART; part++) {
      sendMembers(command, key, random, PART);
    }
  }

  private void sendMembers(String command, byte[] key, SplittableRandom random, int count) {
    Object[] parts = new Object[count + 2];
    parts[0] = command;
    parts[1] = key;
    for (int i = 0; i < count; i++) {
      parts[i + 2] =
          random.nextInt(3) == 0
              ? SampleValues.number(random)
              : SampleValues.letters(random, 5 + random.nextInt(40));
    }
    sink.send(parts);
  }

  private void sendHash(byte[] key, SplittableRandom random, int fields, String prefix) {
    Object[] parts = new Object[2 * fields + 2];
    parts[0] = "HMSET";
    parts[1] = key;
    for (int i = 0; i < fields; i++) {
      parts[2 * i + 2] = prefix + ':' + i;
      parts[2 * i + 3] =
          i % 3 == 0 ? SampleValues.number(random) : SampleValues.letters(random, 8 + i % 30);
    }
    sink.send(parts);
  }

  private void sendScores(byte[] key, SplittableRandom random, int members) {
    Object[] parts = new Object[2 * members + 2];
    parts[0] = "ZADD";
    parts[1] = key;
    for (int i = 0; i < members; i++) {
      parts[2 * i + 2] = SampleValues.score(random);
      parts[2 * i + 3] = SampleValues.letters(random, 6 + i % 20);
    }
    sink.send(parts);
  }

  /** Entries with changing fields, a deleted one, and two groups with pending entries. */
  private void sendStream(byte[] key, SplittableRandom random, int entries) {
    sink.send("DEL", key);
    for (int i = 1; i <= entries; i++) {
      if (i % 4 == 0) {
        sink.send("XADD", key, i + "-1", "kind", SampleValues.word(random), "more", i);
      } else {
        sink.send("XADD", key, i + "-1", "kind", SampleValues.word(random));
      }
    }
    sink.send("XDEL", key, "2-1");
    sink.send("XGROUP", "CREATE", key, "readers", 0);
    sink.send("XGROUP", "CREATE", key, "late", "$");
    sink.send("XREADGROUP", "GROUP", "readers", "one", "COUNT", 2, "STREAMS", key, ">");
    sink.send("XREADGROUP", "GROUP", "readers", "two", "COUNT", 1, "STREAMS", key, ">");
    sink.send("XACK", key, "readers", "1-1");
  }

  /** Seconds, two hours to three days. */
  private static int hours(SplittableRandom random) {
    return 7200 + random.nextInt(250_000);
  }
}
