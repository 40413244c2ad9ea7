package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.DifferenceKind;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Small collections whose dumps say nothing, for their versions or the order of their tables
 * differ: many are compared at a time, and one element is found.
 */
class SmallCollectionsIT {
  private static final int KEYS = 400;

  /** So many that dumps of hashes, could they be left out, would be. */
  private static final int MANY = 2000;

  /** Of what is so long, Redis makes a hash table however few there are. */
  private static final String LONG = "x".repeat(70);

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({"V7_0, V7_0", "V7_4, V7_4", "V2_8, V7_4", "V7_0, V2_8"})
  void areComparedManyAtATimeAndToTheLastElement(ServerVersion from, ServerVersion to)
      throws Exception {
    try (RedisServer source = new RedisServer(from).start();
        RedisServer target = new RedisServer(to).start();
        RespClient here = source.client();
        RespClient there = target.client()) {
      here.pipeline(collections(KEYS, false));
      there.pipeline(collections(KEYS, true));

      Checked equal = Checked.between(source, target).rounds(1, 0).run();
      assertThat(equal.isDone()).as("%s", equal.report()).isTrue();
      assertThat(equal.kinds()).isEmpty();
      // A closer look takes a dozen.
      assertThat(equal.report().source().commands()).isLessThan(7L * 4 * KEYS);
      assertThat(equal.report().target().commands()).isLessThan(7L * 4 * KEYS);

      Map<String, Set<DifferenceKind>> damage = damage(there);
      Checked unlike = Checked.between(source, target).rounds(1, 0).run();
      assertThat(unlike.kinds()).isEqualTo(damage);
    }
  }

  /** What an ACL takes away is gone without, and nothing else is said for it. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "-dump",
        "-smembers -hgetall -zrange",
        "-dump -smembers -hgetall -zrange",
        "-dump -memory"
      })
  void whatTheUserMayNotIsGoneWithout(String rules) throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient here = source.client();
        RespClient there = target.client()) {
      here.pipeline(collections(KEYS, false));
      there.pipeline(collections(KEYS, true));
      here.call(("ACL SETUSER default " + rules).split(" "));

      isComparedAllTheSame(source, target, there);
      isComparedAllTheSame(target, source, there);
    }
  }

  @Test
  void whatIsRenamedIsGoneWithout() throws Exception {
    try (RedisServer source =
            new RedisServer(ServerVersion.V6_2).option("rename-command", "SMEMBERS \"\"").start();
        RedisServer target = new RedisServer(ServerVersion.V6_2).start();
        RespClient here = source.client();
        RespClient there = target.client()) {
      here.pipeline(collections(KEYS, false));
      there.pipeline(collections(KEYS, true));

      isComparedAllTheSame(source, target, there);
    }
  }

  private static void isComparedAllTheSame(RedisServer source, RedisServer target, RespClient there)
      throws Exception {
    Checked equal = Checked.between(source, target).rounds(1, 0).run();
    assertThat(equal.isDone()).as("%s", equal.report()).isTrue();
    assertThat(equal.kinds()).isEmpty();
    there.call("SADD", "set:70", "more");
    Checked unlike = Checked.between(source, target).rounds(1, 0).run();
    assertThat(unlike.kinds()).containsOnlyKeys("0 set:70");
    there.call("SREM", "set:70", "more");
  }

  /** Their elements are the same, and a dump tells that there is more. */
  @Test
  void timesOfFieldsAreSeenThoughElementsAreEqual() throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V7_4).start();
        RedisServer target = new RedisServer(ServerVersion.V7_4).start();
        RespClient here = source.client();
        RespClient there = target.client()) {
      for (RespClient side : List.of(here, there)) {
        side.pipeline(collections(MANY, side == there));
        for (int i = 0; i < MANY; i += 35) {
          side.call("HPEXPIREAT", "hash:" + i, "4102444800000", "FIELDS", "1", "f0");
        }
      }
      Map<String, Set<DifferenceKind>> damage = new TreeMap<>();
      for (int i = 0; i < MANY; i += 25) {
        String hash = "hash:" + i;
        if (i % 35 == 0 && i % 3 == 0) {
          there.call("HPERSIST", hash, "FIELDS", "1", "f0");
        } else {
          there.call("HPEXPIREAT", hash, "4102448400000", "FIELDS", "1", "f0");
        }
        damage.put("0 " + hash, Set.of(DifferenceKind.FIELD_TTL));
      }

      Checked unlike = Checked.between(source, target).rounds(1, 0).run();
      assertThat(unlike.kinds()).isEqualTo(damage);
    }
  }

  /**
   * @param backward whether what has no order is written the other way round
   */
  private static List<String[]> collections(int keys, boolean backward) {
    Random random = new Random(17);
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      int elements = 3 + random.nextInt(30);
      for (int n = 0; n < elements; n++) {
        int element = backward && i % 3 == 0 ? elements - 1 - n : n;
        // Rests of these make the same bytes when they are put one behind the other.
        String field = "f" + "1".repeat(element % 5) + (element == 0 ? "0" : element / 5);
        commands.add(new String[] {"HSET", "hash:" + i, field, value(i, element)});
        commands.add(new String[] {"SADD", "set:" + i, value(i, element) + element});
        String score = element % 3 == 0 ? "0.1" : element + ".30000000000000004";
        commands.add(new String[] {"ZADD", "zset:" + i, score, value(i, element) + element});
        commands.add(new String[] {"RPUSH", "list:" + i, value(i, n)});
      }
    }
    return commands;
  }

  private static String value(int key, int element) {
    return element == 1
        ? ""
        : (element % 4 == 0 && key % 4 > 0 ? LONG : "v") + key + "\r\n" + element;
  }

  private static Map<String, Set<DifferenceKind>> damage(RespClient target) {
    Map<String, Set<DifferenceKind>> damage = new TreeMap<>();
    target.call("LSET", "list:10", "2", "other");
    damage.put("0 list:10", Set.of(DifferenceKind.ELEMENT));
    target.call("LSET", "list:20", "-1", "");
    damage.put("0 list:20", Set.of(DifferenceKind.ELEMENT));
    for (String hash : List.of("hash:29", "hash:30", "hash:31", "hash:32")) {
      target.call("HSET", hash, "f0", "other");
      damage.put("0 " + hash, Set.of(DifferenceKind.FIELD_VALUE));
    }
    // The same fields and the same values, of each other.
    target.call("HSET", "hash:40", "f0", value(40, 2));
    target.call("HSET", "hash:40", "f110", value(40, 0));
    damage.put("0 hash:40", Set.of(DifferenceKind.FIELD_VALUE));
    target.call("HDEL", "hash:50", "f110");
    target.call("HSET", "hash:50", "f111111", value(50, 2));
    damage.put("0 hash:50", Set.of(DifferenceKind.FIELD_MISSING, DifferenceKind.FIELD_EXTRA));
    target.call("SREM", "set:60", value(60, 2) + "2");
    target.call("SADD", "set:60", value(60, 2) + "3");
    damage.put("0 set:60", Set.of(DifferenceKind.MEMBER_MISSING, DifferenceKind.MEMBER_EXTRA));
    target.call("SADD", "set:70", "");
    damage.put("0 set:70", Set.of(DifferenceKind.MEMBER_EXTRA));
    target.call("ZADD", "zset:80", "0.10000000000000002", value(80, 0) + "0");
    damage.put("0 zset:80", Set.of(DifferenceKind.SCORE));
    target.call("ZREM", "zset:90", value(90, 2) + "2");
    target.call("ZADD", "zset:90", "2.30000000000000004", value(90, 2) + "22");
    damage.put("0 zset:90", Set.of(DifferenceKind.MEMBER_MISSING, DifferenceKind.MEMBER_EXTRA));
    return damage;
  }
}
