package io.cachesync.proof;

import io.cachesync.proof.Workload.Expiry;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Commands of every kind that a version knows, on few keys, mostly such that one too many, one too
 * few or another order leaves a wrong value. Some of them fail, which is no matter.
 */
final class RandomCommands {
  private static final String INCREASE_TWO =
      "redis.call('INCRBY', KEYS[1], ARGV[1]) redis.call('RPUSH', KEYS[2], ARGV[1])"
          + " redis.call('LTRIM', KEYS[2], -20, -1) return 1";

  /** What a script sees decides what it does. */
  private static final String MOVE_IF_LONG =
      "local n = redis.call('LLEN', KEYS[1]) if n > 3 then"
          + " redis.call('RPUSH', KEYS[2], redis.call('LPOP', KEYS[1])) end return n";

  private final Workload workload;
  private final SplittableRandom random;
  private final RandomKeys keys;
  private final RandomTimes times;
  private final List<Runnable> commands = new ArrayList<>();
  private Consumer<String[]> sink = words -> {};
  private boolean inTransaction;

  /**
   * @param prefix what all keys begin with
   * @param tags as {@link ProofSource#tags}
   */
  RandomCommands(Workload workload, long seed, String prefix, List<String> tags) {
    this.workload = workload;
    this.random = new SplittableRandom(seed);
    this.keys =
        new RandomKeys(
            workload.keysPerKind(),
            prefix,
            !tags.isEmpty() ? tags : workload.target().isCluster() ? RandomKeys.HALF : List.of(""),
            random);
    this.times = new RandomTimes(workload.expiry(), random);
    addStrings();
    addBits();
    addLists();
    addSets();
    addSortedSets();
    addHashes();
    addStreams();
    if (workload.isAcross()) {
      addWhatDiffers();
    }
    addWholeKeys();
    addExpiry();
    addCompounds();
  }

  /** One command, or the few that belong together. */
  void next(Consumer<String[]> to) {
    sink = to;
    if (workload.databases() > 1 && random.nextInt(60) == 0) {
      send("SELECT", number(workload.databases()));
    } else if (workload.flushes() && random.nextInt(1500) == 0) {
      wholeDatabases();
    } else {
      any();
    }
  }

  /** The databases, the groups of streams and the functions that later commands need. */
  void prepare(Consumer<String[]> to) {
    sink = to;
    for (int database = workload.databases() - 1; database >= 0; database--) {
      send("SELECT", Integer.toString(database));
      for (int i = 0; i < 20 * workload.keysPerKind(); i++) {
        any();
      }
    }
  }

  /** One command that puts its keys into a state that depends on nothing before it. */
  void nextReplacing(Consumer<String[]> to) {
    sink = to;
    switch (random.nextInt(8)) {
      case 0 -> send("DEL", keys.any());
      case 1 -> send("MSET", keys.string(), value(), keys.counter(), number(50));
      case 2 -> send("SET", keys.counter(), number(1000));
      case 3 -> send("SET", keys.string(), value());
      case 4 -> send("DEL", keys.replaced(), keys.replaced());
      default -> send("SET", keys.replaced(), value());
    }
  }

  /** Its keys lie mostly in two hash slots. */
  void nextCopy(Consumer<String[]> to) {
    sink = to;
    send("COPY", keys.replaced(), keys.replaced(), "REPLACE");
  }

  private void any() {
    commands.get(random.nextInt(commands.size())).run();
  }

  private void wholeDatabases() {
    int kind = random.nextInt(5);
    boolean swaps = workload.databases() > 1 && !workload.target().isFiltered();
    if (kind > 1 && swaps && workload.since(ServerVersion.V6_0)) {
      send("SWAPDB", "0", number(1, workload.databases() - 1));
    } else if (kind == 0) {
      send(workload.flush());
    } else {
      send("FLUSHDB");
    }
  }

  private void addStrings() {
    add(() -> send("SET", keys.string(), value()));
    add(() -> send("SET", keys.string(), value(), "NX"));
    add(() -> send("SET", keys.string(), value(), "XX"));
    add(() -> send("SETNX", keys.string(), value()));
    add(() -> send("GETSET", keys.string(), value()));
    add(() -> send("APPEND", keys.string(), letters(4)));
    add(() -> send("APPEND", keys.string(), letters(4)));
    add(() -> send("SETRANGE", keys.string(), number(60), letters(5)));
    add(() -> send("INCR", keys.counter()));
    add(() -> send("INCRBY", keys.counter(), number(100)));
    add(() -> send("DECR", keys.counter()));
    add(() -> send("SET", keys.counter(), number(1000)));
    add(() -> send("MSET", keys.string(), value(), keys.counter(), number(50)));
    add(() -> send("MSETNX", keys.string(), value(), keys.counter(), number(50)));
    // Below 6.0 it arrives as a SET, which takes the time to live away, from replicas too.
    if (workload.since(ServerVersion.V6_0) || workload.expiry() == Expiry.NONE) {
      add(() -> send("INCRBYFLOAT", keys.counter(), "1.5"));
    }
    since(ServerVersion.V6_0, () -> send("SET", keys.string(), value(), "KEEPTTL"));
    since(ServerVersion.V6_2, () -> send("SET", keys.string(), value(), "GET"));
    since(ServerVersion.V6_2, () -> send("GETDEL", keys.string()));
    since(ServerVersion.V6_2, () -> send("GETEX", keys.string(), "PERSIST"));
  }

  private void addBits() {
    add(() -> send("SETBIT", keys.bits(), number(500), number(2)));
    add(() -> send("BITOP", bitOperation(), keys.bits(), keys.bits(), keys.bits()));
    add(() -> send("PFADD", keys.log(), letters(3)));
    add(() -> send("PFMERGE", keys.log(), keys.log()));
    add(() -> send("PFCOUNT", keys.log()));
    since(ServerVersion.V3_2, () -> send("BITFIELD", keys.bits(), "INCRBY", "u8", "8", "3"));
  }

  private void addLists() {
    add(() -> send("RPUSH", keys.list(), letters(6), number(1000)));
    add(() -> send("RPUSH", keys.list(), value()));
    add(() -> send("LPUSH", keys.list(), number(1000)));
    add(() -> send("LPUSHX", keys.list(), number(1000)));
    add(() -> send("LPOP", keys.list()));
    add(() -> send("RPOP", keys.list()));
    add(() -> send("LSET", keys.list(), number(3), letters(4)));
    add(() -> send("LINSERT", keys.list(), "BEFORE", number(1000), letters(3)));
    add(() -> send("LREM", keys.list(), "1", number(1000)));
    add(() -> send("LTRIM", keys.list(), "-20", "-1"));
    add(() -> send("RPOPLPUSH", keys.list(), keys.list()));
    add(() -> send("SORT", keys.list(), "ALPHA", "STORE", keys.list()));
    since(ServerVersion.V6_2, () -> send("LMOVE", keys.list(), keys.list(), "LEFT", "RIGHT"));
    since(ServerVersion.V7_0, () -> send("LMPOP", "2", keys.list(), keys.list(), "LEFT"));
  }

  private void addSets() {
    add(() -> send("SADD", keys.set(), number(60), number(60)));
    add(() -> send("SADD", keys.set(), letters(5)));
    add(() -> send("SREM", keys.set(), number(60)));
    add(() -> send("SPOP", keys.set()));
    add(() -> send("SMOVE", keys.set(), keys.set(), number(60)));
    add(() -> send("SUNIONSTORE", keys.set(), keys.set(), keys.set()));
    add(() -> send("SINTERSTORE", keys.set(), keys.set(), keys.set()));
    add(() -> send("SDIFFSTORE", keys.set(), keys.set(), keys.set()));
    since(ServerVersion.V3_2, () -> send("SPOP", keys.set(), "2"));
  }

  private void addSortedSets() {
    add(() -> send("ZADD", keys.sortedSet(), number(100), member()));
    add(() -> send("ZADD", keys.sortedSet(), number(100), member(), number(9), member()));
    add(() -> send("ZINCRBY", keys.sortedSet(), "1.5", member()));
    add(() -> send("ZREM", keys.sortedSet(), member()));
    add(() -> send("ZREMRANGEBYRANK", keys.sortedSet(), "12", "-1"));
    add(() -> send("ZREMRANGEBYSCORE", keys.sortedSet(), number(50), number(50)));
    add(() -> send("ZUNIONSTORE", keys.sortedSet(), "2", keys.sortedSet(), keys.sortedSet()));
    add(() -> send("ZINTERSTORE", keys.sortedSet(), "2", keys.sortedSet(), keys.set()));
    since(ServerVersion.V3_2, () -> send("ZADD", keys.sortedSet(), "INCR", "2", member()));
    since(ServerVersion.V3_2, () -> send("GEOADD", keys.geo(), "2.35", "48.85", member()));
    since(ServerVersion.V6_0, () -> send("ZPOPMIN", keys.sortedSet()));
    since(ServerVersion.V6_2, () -> send("ZADD", keys.sortedSet(), "GT", number(200), member()));
    since(
        ServerVersion.V6_2,
        () -> send("ZRANGESTORE", keys.sortedSet(), keys.sortedSet(), "0", number(8)));
    since(
        ServerVersion.V6_2,
        () -> send("ZDIFFSTORE", keys.sortedSet(), "2", keys.sortedSet(), keys.set()));
  }

  /** What versions do otherwise without an error. */
  private void addWhatDiffers() {
    add(() -> send("SORT", keys.list(), "BY", "nosort", "DESC", "STORE", keys.list()));
    add(
        () ->
            send(
                "SORT", keys.list(), "BY", "nosort", "DESC", "LIMIT", "0", "2", "STORE", "sorted"));
    since(
        ServerVersion.V3_2,
        () -> send("GEORADIUS", keys.geo(), "2", "48", "500", "km", "STORE", keys.sortedSet()));
    since(
        ServerVersion.V6_2,
        () ->
            send(
                "GEOSEARCHSTORE",
                keys.sortedSet(),
                keys.geo(),
                "FROMLONLAT",
                "2",
                "48",
                "BYRADIUS",
                "500",
                "km"));
  }

  private void addHashes() {
    add(() -> send("HSET", keys.hash(), field(), letters(6)));
    add(() -> send("HMSET", keys.hash(), field(), letters(6), field(), number(50)));
    add(() -> send("HSETNX", keys.hash(), field(), number(50)));
    add(() -> send("HINCRBY", keys.hash(), count(), number(10)));
    add(() -> send("HINCRBY", keys.hash(), count(), number(10)));
    add(() -> send("HDEL", keys.hash(), field(), count()));
    // Not on timed ones: it arrives as an HSET, which takes a field's time away, from replicas too.
    add(() -> send("HINCRBYFLOAT", keys.hash(), count(), "0.5"));
    if (workload.fieldExpiry()) {
      addHashesWithTimes();
    }
  }

  private void addHashesWithTimes() {
    add(() -> send("HPEXPIRE", keys.timed(), times.millis(), "FIELDS", "1", field()));
    add(() -> send("HPEXPIRE", keys.timed(), times.millis(), "FIELDS", "2", field(), count()));
    add(() -> send("HPERSIST", keys.timed(), "FIELDS", "1", count()));
    add(() -> send("HPEXPIREAT", keys.timed(), times.at(), "GT", "FIELDS", "1", field()));
    add(() -> send("HSET", keys.timed(), field(), letters(6), count(), number(50)));
    add(() -> send("HMSET", keys.timed(), field(), letters(6), field(), number(50)));
    add(() -> send("HINCRBY", keys.timed(), count(), number(10)));
    add(() -> send("HINCRBY", keys.timed(), count(), number(10)));
    add(() -> send("HDEL", keys.timed(), field(), count()));
    add(() -> send("PEXPIRE", keys.timed(), times.millis()));
    add(() -> send("DEL", keys.timed()));
  }

  private void addStreams() {
    since(ServerVersion.V6_0, () -> send("XADD", keys.stream(), "*", "n", number(99)));
    since(
        ServerVersion.V6_0,
        () -> send("XADD", keys.stream(), "MAXLEN", "10", "*", "n", number(99), "t", letters(4)));
    since(ServerVersion.V6_0, () -> send("XTRIM", keys.stream(), "MAXLEN", number(12)));
    since(
        ServerVersion.V6_0,
        () -> send("XGROUP", "CREATE", keys.stream(), group(), "0", "MKSTREAM"));
    since(ServerVersion.V6_0, () -> send("XGROUP", "DESTROY", keys.stream(), group()));
    since(ServerVersion.V6_0, () -> send("XGROUP", "SETID", keys.stream(), group(), "0"));
    since(ServerVersion.V6_0, this::readGroup);
    since(ServerVersion.V6_0, this::readGroup);
    if (workload.claimsAlike()) {
      since(
          ServerVersion.V6_2,
          () -> send("XAUTOCLAIM", keys.stream(), group(), "third", "0", "0", "COUNT", "2"));
    }
  }

  private void readGroup() {
    String consumer = random.nextBoolean() ? "first" : "second";
    send("XREADGROUP", "GROUP", group(), consumer, "COUNT", "2", "STREAMS", keys.stream(), ">");
  }

  private void addWholeKeys() {
    add(() -> send("DEL", keys.any()));
    add(() -> send("DEL", keys.any(), keys.any()));
    add(() -> send("RENAME", keys.any(), keys.any()));
    add(() -> send("RENAME", keys.list(), keys.list()));
    add(() -> send("RENAMENX", keys.any(), keys.any()));
    add(() -> send("TYPE", keys.any()));
    add(() -> send("TTL", keys.any()));
    if (workload.databases() > 1) {
      add(() -> send("MOVE", keys.any(), number(workload.databases())));
    }
    since(ServerVersion.V6_0, () -> send("UNLINK", keys.any()));
    since(ServerVersion.V6_2, () -> send("COPY", keys.any(), keys.any(), "REPLACE"));
    since(
        ServerVersion.V6_2,
        () -> send("COPY", keys.any(), keys.any(), "DB", number(workload.databases())));
  }

  private void addExpiry() {
    if (workload.expiry() == Expiry.NONE) {
      return;
    }
    for (int i = 0; i < 3; i++) {
      add(() -> send("PEXPIRE", keys.any(), times.millis()));
    }
    add(() -> send("EXPIRE", keys.any(), times.seconds()));
    add(() -> send("PEXPIREAT", keys.any(), times.at()));
    add(() -> send("PERSIST", keys.any()));
    add(() -> send("SETEX", keys.string(), times.seconds(), value()));
    add(() -> send("PSETEX", keys.counter(), times.millis(), number(50)));
    add(() -> send("SET", keys.string(), value(), "PX", times.millis()));
    since(ServerVersion.V6_2, () -> send("GETEX", keys.string(), "PX", times.millis()));
    since(ServerVersion.V7_0, () -> send("PEXPIRE", keys.any(), times.millis(), "GT"));
    for (int i = 0; i < 3; i++) {
      add(this::renewSession);
    }
  }

  /** A session as applications keep them: changed and renewed together. */
  private void renewSession() {
    String session = keys.session();
    send("HINCRBY", session, "visits", "1");
    send("HSET", session, field(), letters(4));
    send("PEXPIRE", session, times.millis());
    String counter = keys.session() + ":hits";
    send("INCR", counter);
    send("PEXPIRE", counter, times.millis());
  }

  private void addCompounds() {
    for (int i = 0; i < 5; i++) {
      add(this::transaction);
    }
    if (workload.scripts()) {
      add(() -> send("EVAL", INCREASE_TWO, "2", keys.counter(), keys.list(), number(20)));
      add(() -> send("EVAL", MOVE_IF_LONG, "2", keys.list(), keys.list()));
    }
    add(() -> send("PUBLISH", "proof", letters(4)));
  }

  private void transaction() {
    if (inTransaction) {
      send("INCR", keys.counter());
      return;
    }
    inTransaction = true;
    send("MULTI");
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      any();
    }
    send("EXEC");
    inTransaction = false;
  }

  private void add(Runnable command) {
    commands.add(command);
  }

  private void since(ServerVersion version, Runnable command) {
    if (workload.since(version)) {
      commands.add(command);
    }
  }

  private void send(String... words) {
    sink.accept(words);
  }

  private String number(int bound) {
    return number(0, bound - 1);
  }

  private String number(int least, int most) {
    return Integer.toString(random.nextInt(least, most + 1));
  }

  private String bitOperation() {
    return random.nextBoolean() ? "XOR" : "OR";
  }

  private String field() {
    return "f" + random.nextInt(5);
  }

  private String count() {
    return "n" + random.nextInt(3);
  }

  private String member() {
    return "m" + random.nextInt(20);
  }

  private String group() {
    return "g" + random.nextInt(2);
  }

  /** Now and then large, so that much waits in sockets. */
  private String value() {
    return random.nextInt(25) == 0 ? letters(3000) : letters(12);
  }

  private String letters(int length) {
    char[] letters = new char[length];
    for (int i = 0; i < length; i++) {
      letters[i] = (char) ('a' + random.nextInt(26));
    }
    return new String(letters);
  }
}
