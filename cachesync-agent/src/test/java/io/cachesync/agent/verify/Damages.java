package io.cachesync.agent.verify;

import static io.cachesync.contract.DifferenceKind.CONSUMER_EXTRA;
import static io.cachesync.contract.DifferenceKind.CONSUMER_MISSING;
import static io.cachesync.contract.DifferenceKind.ELEMENT;
import static io.cachesync.contract.DifferenceKind.ENTRY_EXTRA;
import static io.cachesync.contract.DifferenceKind.ENTRY_MISSING;
import static io.cachesync.contract.DifferenceKind.ENTRY_VALUE;
import static io.cachesync.contract.DifferenceKind.EXTRA;
import static io.cachesync.contract.DifferenceKind.FIELD_EXTRA;
import static io.cachesync.contract.DifferenceKind.FIELD_MISSING;
import static io.cachesync.contract.DifferenceKind.FIELD_TTL;
import static io.cachesync.contract.DifferenceKind.FIELD_VALUE;
import static io.cachesync.contract.DifferenceKind.GROUP_COUNTER;
import static io.cachesync.contract.DifferenceKind.GROUP_EXTRA;
import static io.cachesync.contract.DifferenceKind.GROUP_MISSING;
import static io.cachesync.contract.DifferenceKind.LENGTH;
import static io.cachesync.contract.DifferenceKind.MEMBER_EXTRA;
import static io.cachesync.contract.DifferenceKind.MEMBER_MISSING;
import static io.cachesync.contract.DifferenceKind.MISSING;
import static io.cachesync.contract.DifferenceKind.PENDING_EXTRA;
import static io.cachesync.contract.DifferenceKind.PENDING_MISSING;
import static io.cachesync.contract.DifferenceKind.PENDING_VALUE;
import static io.cachesync.contract.DifferenceKind.SCORE;
import static io.cachesync.contract.DifferenceKind.STREAM_COUNTER;
import static io.cachesync.contract.DifferenceKind.TTL;
import static io.cachesync.contract.DifferenceKind.TYPE;
import static io.cachesync.contract.DifferenceKind.VALUE;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.RespError;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** What is planted in a target, each in a key of its own. */
public final class Damages {
  private static final int MANY = 3000;

  /** In the year 2100, so that nothing expires. */
  private static final long FAR = 4_102_444_800_000L;

  private static final String[] STREAM = {
    "XADD K 1-1 a 1", "XADD K 2-1 b 2 c 3", "XADD K 3-1 d 4", "XADD K 4-1 e 5"
  };

  private Damages() {}

  /** Plants all that both servers know of, and returns how many keys are unlike then. */
  public static long plantAll(RedisServer source, RedisServer target) {
    ServerVersion lower =
        source.version().atLeast(target.version()) ? target.version() : source.version();
    List<Damage> some = all().stream().filter(damage -> lower.atLeast(damage.since())).toList();
    plant(some, source, target);
    return some.stream().filter(damage -> !damage.kinds().isEmpty()).count();
  }

  static void plant(List<Damage> damages, RedisServer source, RedisServer target) {
    try (RespClient from = source.client();
        RespClient to = target.client()) {
      for (Damage damage : damages) {
        send(from, damage.before());
        send(to, damage.before());
        send(to, damage.spoil());
      }
    }
  }

  static void send(RespClient client, List<String[]> commands) {
    for (Object reply : client.pipeline(commands)) {
      if (reply instanceof RespError error) {
        throw error;
      }
    }
  }

  static List<Damage> all() {
    List<Damage> all = new ArrayList<>();
    all.addAll(keys());
    all.addAll(strings());
    all.addAll(lists());
    all.addAll(sets());
    all.addAll(sortedSets());
    all.addAll(hashes());
    all.addAll(fieldTimes());
    all.addAll(streams());
    all.addAll(groups());
    all.addAll(pending());
    all.addAll(otherEncodings());
    all.addAll(equals());
    return all;
  }

  private static List<Damage> keys() {
    return List.of(
        Damage.of("key gone").before("SET K v").spoil("DEL K").tells(MISSING),
        Damage.of("empty string gone").before("SET K ").spoil("DEL K").tells(MISSING),
        Damage.of("collection gone").before("RPUSH K a b").spoil("DEL K").tells(MISSING),
        Damage.of("key extra").spoil("SET K v").tells(EXTRA),
        Damage.of("collection extra").spoil("SADD K a").tells(EXTRA),
        Damage.of("other type").before("SET K 1").spoil("DEL K", "RPUSH K 1").tells(TYPE),
        Damage.of("other collection").before("SADD K a").spoil("DEL K", "HSET K a a").tells(TYPE),
        Damage.of("ttl gone").before("SET K v", "PEXPIREAT K " + FAR).spoil("PERSIST K").tells(TTL),
        Damage.of("ttl added").before("SET K v").spoil("PEXPIREAT K " + FAR).tells(TTL),
        Damage.of("ttl of a set gone")
            .before("SADD K a", "PEXPIREAT K " + FAR)
            .spoil("PERSIST K")
            .tells(TTL),
        Damage.of("ttl three seconds off")
            .before("SET K v", "PEXPIREAT K " + FAR)
            .spoil("PEXPIREAT K " + (FAR + 3000))
            .tells(TTL),
        Damage.of("value and ttl")
            .before("SET K v", "PEXPIREAT K " + FAR)
            .spoil("SET K w")
            .tells(TTL, VALUE),
        Damage.of("binary \u0000\u00ff\n key").before("SET K v").spoil("SET K w").tells(VALUE));
  }

  private static List<Damage> strings() {
    String large = "x".repeat(1_200_000);
    return List.of(
        Damage.of("one letter")
            .before("SET K hello")
            .spoil("SET K hellO")
            .tells(VALUE)
            .at("byte 4"),
        Damage.of("shorter").before("SET K hello").spoil("SET K hell").tells(VALUE).at("byte 4"),
        Damage.of("longer").before("SET K hello").spoil("APPEND K !").tells(VALUE).at("byte 5"),
        Damage.of("number as text").before("SET K 1").spoil("SET K 1.0").tells(VALUE).at("byte 1"),
        Damage.of("emptied").before("SET K hello").spoil("SET K ").tells(VALUE).at("byte 0"),
        Damage.of("one bit of a large string")
            .with("SET", "K", large)
            .spoil("SETBIT K 9599999 1")
            .tells(VALUE)
            .at("byte 1199999"),
        Damage.of("longer than what is read at once")
            .with("SET", "K", "x".repeat(64 * 1024))
            .spoil("APPEND K !")
            .tells(VALUE)
            .at("byte 65536"),
        Damage.of("bitmap").before("SETBIT K 100000 1").spoil("SETBIT K 100001 1").tells(VALUE),
        Damage.of("hyperloglog").before("PFADD K a b c").spoil("PFADD K d e f").tells(VALUE));
  }

  private static List<Damage> lists() {
    return List.of(
        Damage.of("element").before("RPUSH K a b c d").spoil("LSET K 2 x").tells(ELEMENT).at("2"),
        Damage.of("tail gone")
            .before("RPUSH K a b c d")
            .spoil("RPOP K")
            .tells(ELEMENT, LENGTH)
            .at("3"),
        Damage.of("head extra")
            .before("RPUSH K a b c d")
            .spoil("LPUSH K x")
            .tells(ELEMENT, LENGTH)
            .at("0"),
        Damage.of("order")
            .before("RPUSH K a b c d")
            .spoil("LSET K 1 c", "LSET K 2 b")
            .tells(ELEMENT)
            .at("1"),
        Damage.of("element of a long list")
            .with(many("RPUSH", i -> new String[] {"element-" + i}))
            .spoil("LSET K 2345 x")
            .tells(ELEMENT)
            .at("2345"),
        Damage.of("tail of a long list")
            .with(many("RPUSH", i -> new String[] {"element-" + i}))
            .spoil("RPOP K")
            .tells(ELEMENT, LENGTH)
            .at("2999"));
  }

  private static List<Damage> sets() {
    return List.of(
        Damage.of("member gone")
            .before("SADD K a b c")
            .spoil("SREM K b")
            .tells(MEMBER_MISSING)
            .at("b"),
        Damage.of("member extra")
            .before("SADD K a b c")
            .spoil("SADD K d")
            .tells(MEMBER_EXTRA)
            .at("d"),
        Damage.of("number gone")
            .before("SADD K 1 2 3")
            .spoil("SREM K 2")
            .tells(MEMBER_MISSING)
            .at("2"),
        Damage.of("member exchanged")
            .before("SADD K a b c")
            .spoil("SREM K b", "SADD K B")
            .tells(MEMBER_MISSING, MEMBER_EXTRA),
        Damage.of("member of a large set exchanged")
            .with(many("SADD", i -> new String[] {"member-" + i}))
            .spoil("SREM K member-77", "SADD K member-x")
            .tells(MEMBER_MISSING, MEMBER_EXTRA));
  }

  private static List<Damage> sortedSets() {
    return List.of(
        Damage.of("last bit of a score")
            .before("ZADD K 0.1 a 2 b")
            .spoil("ZADD K 0.10000000000000002 a")
            .tells(SCORE)
            .at("a"),
        Damage.of("infinite score")
            .before("ZADD K inf a")
            .spoil("ZADD K 1.7976931348623157e308 a")
            .tells(SCORE)
            .at("a"),
        Damage.of("scored member gone")
            .before("ZADD K 1 a 2 b")
            .spoil("ZREM K b")
            .tells(MEMBER_MISSING)
            .at("b"),
        Damage.of("member with score 0 gone")
            .before("ZADD K 0 a 2 b")
            .spoil("ZREM K a")
            .tells(MEMBER_MISSING)
            .at("a"),
        Damage.of("scored member extra")
            .before("ZADD K 1 a 2 b")
            .spoil("ZADD K 3 c")
            .tells(MEMBER_EXTRA)
            .at("c"),
        Damage.of("score in a large sorted set")
            .with(many("ZADD", i -> new String[] {Integer.toString(i), "member-" + i}))
            .spoil("ZADD K 1234.0000000000002 member-1234")
            .tells(SCORE)
            .at("member-1234"));
  }

  private static List<Damage> hashes() {
    return List.of(
        Damage.of("field").before("HSET K a 1 b 2").spoil("HSET K b 3").tells(FIELD_VALUE).at("b"),
        Damage.of("field gone")
            .before("HSET K a 1 b 2")
            .spoil("HDEL K b")
            .tells(FIELD_MISSING)
            .at("b"),
        Damage.of("empty field gone")
            .before("HSET K a 1 b ")
            .spoil("HDEL K b")
            .tells(FIELD_MISSING),
        Damage.of("field extra")
            .before("HSET K a 1")
            .spoil("HSET K c 1")
            .tells(FIELD_EXTRA)
            .at("c"),
        Damage.of("fields exchanged")
            .before("HSET K a 1 b 2")
            .spoil("HSET K a 2 b 1")
            .tells(FIELD_VALUE),
        Damage.of("binary field")
            .before("HSET K \u0000\u0080 1")
            .spoil("HSET K \u0000\u0080 2")
            .tells(FIELD_VALUE)
            .at("\\x00\\x80"),
        Damage.of("field of a large hash")
            .with(many("HSET", i -> new String[] {"field-" + i, "value-" + i}))
            .spoil("HSET K field-2222 x")
            .tells(FIELD_VALUE)
            .at("field-2222"),
        Damage.of("field of a large hash exchanged")
            .with(many("HSET", i -> new String[] {"field-" + i, "value-" + i}))
            .spoil("HDEL K field-5", "HSET K field-x 1")
            .tells(FIELD_MISSING, FIELD_EXTRA));
  }

  private static List<Damage> fieldTimes() {
    String set = "HPEXPIREAT K " + FAR + " FIELDS 1 b";
    String[] large = many("HSET", i -> new String[] {"field-" + i, "value-" + i});
    return List.of(
        Damage.of("field ttl gone")
            .since(ServerVersion.V7_4)
            .before("HSET K a 1 b 2", set)
            .spoil("HPERSIST K FIELDS 1 b")
            .tells(FIELD_TTL)
            .at("b"),
        Damage.of("field ttl added")
            .since(ServerVersion.V7_4)
            .before("HSET K a 1 b 2")
            .spoil(set)
            .tells(FIELD_TTL)
            .at("b"),
        Damage.of("field ttl off")
            .since(ServerVersion.V7_4)
            .before("HSET K a 1 b 2", set)
            .spoil("HPEXPIREAT K " + (FAR + 60_000) + " FIELDS 1 b")
            .tells(FIELD_TTL)
            .at("b"),
        Damage.of("field ttl in a large hash")
            .since(ServerVersion.V7_4)
            .with(large)
            .spoil("HPEXPIREAT K " + FAR + " FIELDS 1 field-9")
            .tells(FIELD_TTL)
            .at("field-9"),
        Damage.of("extra beside a field with ttl")
            .since(ServerVersion.V7_4)
            .before("HSET K a 1 b 2", set)
            .spoil("HSET K c 3")
            .tells(FIELD_EXTRA)
            .at("c"));
  }

  private static List<Damage> streams() {
    return List.of(
        Damage.of("entry gone").before(STREAM).spoil("XDEL K 2-1").tells(ENTRY_MISSING).at("2-1"),
        Damage.of("entry extra")
            .before(STREAM)
            .spoil("XADD K 9-1 a 1")
            .tells(ENTRY_EXTRA)
            .at("9-1"),
        Damage.of("entry value")
            .before(STREAM)
            .spoil(
                "XTRIM K MAXLEN 3", "DEL K", STREAM[0], "XADD K 2-1 b 2 c X", STREAM[2], STREAM[3])
            .tells(ENTRY_VALUE)
            .at("2-1"),
        Damage.of("entry with its fields in another order")
            .before(STREAM)
            .spoil("DEL K", STREAM[0], "XADD K 2-1 c 3 b 2", STREAM[2], STREAM[3])
            .tells(ENTRY_VALUE)
            .at("2-1"),
        Damage.of("last id").before(STREAM).spoil("XSETID K 8-8").tells(STREAM_COUNTER),
        Damage.of("entries added")
            .since(ServerVersion.V7_0)
            .before(STREAM)
            .spoil("XSETID K 4-1 ENTRIESADDED 77 MAXDELETEDID 0-0")
            .tells(STREAM_COUNTER)
            .at("entries-added"),
        Damage.of("emptied stream").before(STREAM).spoil("XTRIM K MAXLEN 0").tells(ENTRY_MISSING));
  }

  private static List<Damage> groups() {
    String group = "XGROUP CREATE K g 0";
    return List.of(
        Damage.of("group gone")
            .before(plus(group))
            .spoil("XGROUP DESTROY K g")
            .tells(GROUP_MISSING)
            .at("g"),
        Damage.of("group extra").before(STREAM).spoil(group).tells(GROUP_EXTRA).at("g"),
        Damage.of("group elsewhere")
            .before(plus(group))
            .spoil("XGROUP SETID K g 3-1")
            .tells(GROUP_COUNTER),
        // Older sources do not tell it, and no replica of theirs has it.
        Damage.of("entries read")
            .since(ServerVersion.V7_4)
            .before(plus("XGROUP CREATE K g 2-1 ENTRIESREAD 2"))
            .spoil("XGROUP SETID K g 2-1 ENTRIESREAD 1")
            .tells(GROUP_COUNTER)
            .at("g entries-read"),
        Damage.of("consumer gone")
            .before(plus(group, "XREADGROUP GROUP g c1 COUNT 1 STREAMS K >"))
            .spoil("XGROUP DELCONSUMER K g c1")
            .tells(CONSUMER_MISSING, PENDING_MISSING),
        Damage.of("consumer extra")
            .before(plus(group, "XGROUP CREATECONSUMER K g c1"))
            .spoil("XGROUP CREATECONSUMER K g c2")
            .tells(CONSUMER_EXTRA)
            .at("g c2"));
  }

  private static List<Damage> pending() {
    String[] read =
        plus(
            "XGROUP CREATE K g 0",
            "XGROUP CREATECONSUMER K g c2",
            "XREADGROUP GROUP g c1 COUNT 2 STREAMS K >");
    return List.of(
        Damage.of("pending gone")
            .before(read)
            .spoil("XACK K g 2-1")
            .tells(PENDING_MISSING)
            .at("g 2-1"),
        Damage.of("pending extra")
            .before(read)
            .spoil("XCLAIM K g c1 0 3-1 FORCE JUSTID")
            .tells(PENDING_EXTRA)
            .at("g 3-1"),
        Damage.of("pending of another consumer")
            .before(read)
            .spoil("XCLAIM K g c2 0 2-1 RETRYCOUNT 1 JUSTID")
            .tells(PENDING_VALUE)
            .at("g 2-1"),
        Damage.of("pending delivered more often")
            .before(read)
            .spoil("XCLAIM K g c1 0 2-1 RETRYCOUNT 2 JUSTID")
            .tells(PENDING_VALUE)
            .at("g 2-1"),
        Damage.of("pending delivered at another time")
            .before(read)
            .spoil("XCLAIM K g c1 0 2-1 RETRYCOUNT 1 TIME 1000000000000 JUSTID")
            .tells(PENDING_VALUE)
            .at("g 2-1"));
  }

  /** What only a large value has made of the target's encoding stays when that is gone. */
  private static List<Damage> otherEncodings() {
    String large = "x".repeat(100);
    return List.of(
        Damage.of("equal, hash table beside listpack")
            .before("HSET K a 1 b 2")
            .spoil("HSET K c " + large, "HDEL K c"),
        Damage.of("equal, skip list beside listpack")
            .before("ZADD K 1 a 2 b")
            .spoil("ZADD K 3 " + large, "ZREM K " + large),
        Damage.of("equal, set of text beside integers")
            .before("SADD K 1 2 3")
            .spoil("SADD K " + large, "SREM K " + large),
        Damage.of("field in another encoding")
            .before("HSET K a 1 b 2")
            .spoil("HSET K c " + large, "HDEL K c", "HSET K b 3")
            .tells(FIELD_VALUE)
            .at("b"),
        Damage.of("score in another encoding")
            .before("ZADD K 0.1 a 2 b")
            .spoil("ZADD K 3 " + large, "ZREM K " + large, "ZADD K 0.10000000000000002 a")
            .tells(SCORE)
            .at("a"),
        Damage.of("member in another encoding")
            .before("SADD K 1 2 3")
            .spoil("SADD K " + large, "SREM K " + large, "SREM K 2")
            .tells(MEMBER_MISSING)
            .at("2"));
  }

  /** Both sides are equal, though something of them is not. */
  private static List<Damage> equals() {
    return List.of(
        Damage.of("equal, ttl within the tolerance")
            .before("SET K v", "PEXPIREAT K " + FAR)
            .spoil("PEXPIREAT K " + (FAR + 1000)),
        Damage.of("equal, other encodings")
            .before("SADD K 1 2 3", "SADD K a", "SREM K a")
            .spoil("DEL K", "SADD K 3 1 2"),
        Damage.of("equal, number as raw bytes").before("SET K 123").spoil("SET K 12", "APPEND K 3"),
        Damage.of("equal, other order of fields")
            .before("HSET K a 1 b 2 c 3")
            .spoil("HDEL K a", "HSET K a 1"),
        Damage.of("equal, counted hyperloglog").before("PFADD K a b c").spoil("PFCOUNT K"),
        Damage.of("equal, dense hyperloglog").before("PFADD K a b c").spoil("PFDEBUG TODENSE K"),
        Damage.of("equal, consumer that has nothing")
            .before(plus("XGROUP CREATE K g 0", "XGROUP CREATECONSUMER K g c1"))
            .spoil("XGROUP DELCONSUMER K g c1"),
        Damage.of("equal, zero without its sign").before("ZADD K 0 a").spoil("ZADD K -0 a"),
        Damage.of("equal, last bit that no double has")
            .before("ZADD K 0.3 a")
            .spoil("ZADD K 0.30000000000000000001 a"));
  }

  private static String[] plus(String... more) {
    List<String> all = new ArrayList<>(List.of(STREAM));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static String[] many(String command, IntFunction<String[]> elements) {
    List<String> words = new ArrayList<>(List.of(command, "K"));
    for (int i = 0; i < MANY; i++) {
      words.addAll(List.of(elements.apply(i)));
    }
    return words.toArray(String[]::new);
  }
}
