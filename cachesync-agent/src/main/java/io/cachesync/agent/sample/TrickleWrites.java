package io.cachesync.agent.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The writes of the trickle: every type, on keys of its own and on the sample data, many of them
 * such that applying one twice, or in another order, leaves a wrong value. None of them fails.
 */
final class TrickleWrites {
  private static final String TWO_KEYS =
      "redis.call('INCRBY', KEYS[1], ARGV[1]); redis.call('RPUSH', KEYS[2], ARGV[1]);"
          + " redis.call('LTRIM', KEYS[2], -50, -1); return 1";

  private static final String PREFIX = "trickle:";

  /** At a cluster: so many slots have keys of the trickle. */
  private static final int SLOTS = 64;

  private final SampleServer server;
  private final long keys;
  private final SplittableRandom random;
  private final CommandSink sink;
  private final List<Runnable> writes = new ArrayList<>();

  /** What the keys of one write begin with: at a cluster they lie together. */
  private String prefix = PREFIX;

  /** Stream ids of this run are above those of former ones. */
  private long streamId;

  TrickleWrites(SampleServer server, long keys, long seed, long startMillis, CommandSink sink) {
    this.server = server;
    this.keys = keys;
    this.random = new SplittableRandom(seed);
    this.sink = sink;
    this.streamId = startMillis * 1000;
    addStrings();
    addLists();
    addSets();
    addHashes();
    addSortedSets();
    addCompounds();
    addStreams();
    addNewerOnes();
  }

  /** Sends what must be there before the first write. */
  void prepare() {
    if (server.version() < 500) {
      return;
    }
    for (int database : server.usedDatabases()) {
      select(database);
      for (int slot = 0; slot < (server.cluster() ? SLOTS : 1); slot++) {
        prefix = prefix(slot);
        for (int i = 0; i < 8; i++) {
          sink.send("XGROUP", "CREATE", prefix + "stream:" + i, "readers", 0, "MKSTREAM");
          sink.send("XGROUP", "CREATE", prefix + "ids:" + i, "readers", 0, "MKSTREAM");
        }
      }
    }
  }

  /** One write (one to seven commands), the {@code n}th; in turn all of them come. */
  void send(long n) {
    if (n % 50 == 0) {
      select(server.database(n / 50));
    }
    if (server.cluster()) {
      prefix = prefix(random.nextInt(SLOTS));
    }
    writes.get((int) (n % writes.size())).run();
  }

  private String prefix(int slot) {
    return server.cluster() ? PREFIX + '{' + slot + "}:" : PREFIX;
  }

  private void addStrings() {
    writes.add(() -> sink.send("INCR", own("counter", 16)));
    writes.add(() -> sink.send("INCRBY", own("counter", 16), random.nextInt(100)));
    writes.add(() -> sink.send("DECR", own("counter", 16)));
    writes.add(() -> sink.send("INCRBYFLOAT", own("float", 8), "0.25"));
    writes.add(() -> sink.send("SET", sample(SampleKind.STRING), letters(60)));
    writes.add(() -> sink.send("APPEND", own("appended", 8), letters(3)));
    writes.add(() -> sink.send("SET", own("appended", 8), letters(3)));
    writes.add(() -> sink.send("SETRANGE", own("range", 8), random.nextInt(200), letters(8)));
    writes.add(() -> sink.send("SETBIT", own("bits", 8), random.nextInt(2000), random.nextInt(2)));
    writes.add(() -> sink.send("PFADD", own("hll", 4), letters(8)));
    writes.add(() -> sink.send("GETSET", own("swap", 8), letters(20)));
    writes.add(() -> sink.send("MSET", own("m1", 8), letters(10), own("m2", 8), letters(10)));
    writes.add(() -> sink.send("SETNX", own("once", 1000), letters(10)));
    writes.add(() -> sink.send("SETEX", own("session", 64), 7200, letters(30)));
    writes.add(() -> sink.send("DEL", own("session", 64)));
    writes.add(() -> sink.send("EXPIRE", own("counter", 16), 9000 + random.nextInt(1000)));
    writes.add(() -> sink.send("PERSIST", own("counter", 16)));
    writes.add(() -> sink.send("BITOP", "XOR", own("bitop", 4), own("bits", 8), own("bits", 8)));
  }

  private void addLists() {
    writes.add(() -> sink.send("RPUSH", own("list", 8), letters(12), random.nextInt(1000)));
    writes.add(() -> sink.send("LPUSH", own("list", 8), random.nextInt(1000)));
    writes.add(() -> sink.send("LPOP", own("list", 8)));
    writes.add(() -> sink.send("RPUSH", sample(SampleKind.LIST), letters(10)));
    writes.add(() -> sink.send("LPOP", sample(SampleKind.LIST)));
    writes.add(() -> sink.send("RPOPLPUSH", own("list", 8), own("moved", 4)));
    writes.add(() -> sink.send("LTRIM", own("moved", 4), -30, -1));
    writes.add(() -> sink.send("LTRIM", own("list", 8), -200, -1));
    writes.add(() -> sink.send("LREM", own("list", 8), 1, random.nextInt(1000)));
    writes.add(() -> sink.send("SORT", own("list", 8), "ALPHA", "DESC", "STORE", own("sorted", 4)));
  }

  private void addSets() {
    writes.add(() -> sink.send("SADD", own("set", 8), letters(6), random.nextInt(500)));
    writes.add(() -> sink.send("SADD", sample(SampleKind.SET), letters(6)));
    writes.add(() -> sink.send("SPOP", own("set", 8)));
    writes.add(() -> sink.send("SPOP", own("set", 8)));
    writes.add(() -> sink.send("SREM", own("set", 8), random.nextInt(500)));
    writes.add(() -> sink.send("SMOVE", own("set", 8), own("setmoved", 4), random.nextInt(500)));
    writes.add(() -> sink.send("SUNIONSTORE", own("union", 4), own("set", 8), own("set", 8)));
    writes.add(() -> sink.send("SADD", sample(SampleKind.INTSET), random.nextInt(1 << 20)));
  }

  private void addHashes() {
    writes.add(() -> sink.send("HINCRBY", own("hash", 8), field(), random.nextInt(10)));
    writes.add(() -> sink.send("HINCRBYFLOAT", own("hashfloat", 8), field(), "0.5"));
    writes.add(() -> sink.send("HMSET", own("map", 8), field(), letters(10), field(), letters(5)));
    writes.add(() -> sink.send("HDEL", own("map", 8), field()));
    writes.add(() -> sink.send("HMSET", sample(SampleKind.HASH), field(), letters(10)));
    writes.add(() -> sink.send("HSETNX", own("map", 8), field(), letters(4)));
  }

  private void addSortedSets() {
    writes.add(() -> sink.send("ZINCRBY", own("board", 8), random.nextInt(9) - 4, field()));
    writes.add(() -> sink.send("ZADD", own("board", 8), random.nextInt(1000), letters(5)));
    writes.add(() -> sink.send("ZADD", sample(SampleKind.ZSET), random.nextInt(1000), letters(5)));
    writes.add(() -> sink.send("ZREM", own("board", 8), field()));
    writes.add(() -> sink.send("ZREMRANGEBYRANK", own("board", 8), 200, -1));
    writes.add(() -> sink.send("ZUNIONSTORE", own("zunion", 4), 1, own("board", 8)));
  }

  /** Transactions, scripts, renames. */
  private void addCompounds() {
    writes.add(
        () -> {
          sink.send("MULTI");
          sink.send("INCR", own("account", 8));
          sink.send("DECR", own("account", 8));
          sink.send("RPUSH", own("ledger", 4), letters(8));
          sink.send("LTRIM", own("ledger", 4), -40, -1);
          sink.send("EXEC");
        });
    writes.add(
        () ->
            sink.send(
                "EVAL", TWO_KEYS, 2, own("script", 8), own("scriptlist", 8), random.nextInt(99)));
    writes.add(
        () -> {
          Object from = own("before", 8);
          sink.send("SET", from, letters(9));
          sink.send("RENAME", from, own("after", 8));
        });
    writes.add(
        () -> {
          sink.send("MULTI");
          sink.send("SADD", own("txset", 4), letters(4));
          sink.send("SPOP", own("txset", 4));
          sink.send("EXEC");
        });
    writes.add(() -> sink.send("PUBLISH", "trickle:channel", letters(8)));
  }

  private void addStreams() {
    since(500, () -> sink.send("XADD", own("stream", 8), "*", "n", random.nextInt(), "t", "w"));
    since(500, () -> sink.send("XADD", own("stream", 8), "MAXLEN", "~", 500, "*", "n", "1"));
    since(500, () -> readGroup(own("stream", 8), "one"));
    since(500, this::readAndAcknowledge);
    since(500, () -> sink.send("XTRIM", own("stream", 8), "MAXLEN", 400));
    since(500, () -> sink.send("XADD", sample(SampleKind.STREAM), "*", "n", random.nextInt()));
    since(500, () -> sink.send("ZPOPMIN", own("board", 8)));
  }

  private void addNewerOnes() {
    since(302, () -> sink.send("GEOADD", own("geo", 4), "2.35", "48.85", field()));
    since(302, () -> sink.send("BITFIELD", own("bits", 8), "INCRBY", "u8", 8, 3));
    since(400, () -> sink.send("UNLINK", own("session", 64)));
    since(600, () -> sink.send("SET", own("session", 64), letters(9), "KEEPTTL"));
    since(602, () -> sink.send("COPY", own("list", 8), own("copy", 4), "REPLACE"));
    since(602, () -> sink.send("GETDEL", own("swap", 8)));
    since(602, () -> sink.send("GETEX", own("session", 64), "EX", 8000));
    since(602, () -> sink.send("LMOVE", own("list", 8), own("moved", 4), "LEFT", "RIGHT"));
    since(700, () -> sink.send("LMPOP", 1, own("list", 8), "LEFT", "COUNT", 2));
    since(700, () -> sink.send("FCALL", "sample_touch", 1, own("called", 8), 3));
    since(
        704,
        () -> {
          Object key = own("fieldttl", 8);
          sink.send("HSET", key, "a", letters(6), "b", letters(6));
          sink.send("HEXPIRE", key, 8000, "FIELDS", 1, "a");
        });
    since(704, () -> sink.send("HPERSIST", own("fieldttl", 8), "FIELDS", 1, "a"));
  }

  private void since(int version, Runnable write) {
    if (server.version() >= version) {
      writes.add(write);
    }
  }

  private void readAndAcknowledge() {
    Object key = own("ids", 8);
    String id = streamId++ + "-1";
    sink.send("XADD", key, "MAXLEN", 100, id, "n", random.nextInt());
    readGroup(key, "two");
    sink.send("XACK", key, "readers", id);
  }

  private void readGroup(Object key, String consumer) {
    sink.send("XREADGROUP", "GROUP", "readers", consumer, "COUNT", 3, "STREAMS", key, ">");
  }

  private void select(int database) {
    if (server.databases() > 1) {
      sink.send("SELECT", database);
    }
  }

  private Object own(String kind, int count) {
    return prefix + kind + ':' + random.nextInt(count);
  }

  private byte[] sample(SampleKind kind) {
    return kind.key(random.nextLong(kind.count(keys)));
  }

  private String field() {
    return "field:" + random.nextInt(30);
  }

  private byte[] letters(int length) {
    return SampleValues.letters(random, length);
  }
}
