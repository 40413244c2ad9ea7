package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.resp.RespReader;
import io.cachesync.contract.LimitSpec;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that do not tell the size of a value are not asked for too many of them at a time. */
class SmallComparerIT {
  private static final int SMALL = 100;
  private static final int LARGE = 200;
  private static final int ELEMENTS = 60;
  private static final int BYTES = 4096;

  /**
   * @param smallElements of one the dumps of both sides are equal, so that they are asked for until
   *     the large ones come, whose dumps are compressed to a hundredth; of many they never are
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 40})
  void whatIsLargerThanAllBeforeIsNotHeldByTheServer(int smallElements) throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V3_2).start();
        RedisServer target = new RedisServer(ServerVersion.V3_2).start();
        RespClient here = source.client();
        RespClient there = target.client();
        Wire one = met(source).wire();
        Wire other = met(target).wire()) {
      here.pipeline(sets("small:", SMALL, smallElements, 70, false));
      there.pipeline(sets("small:", SMALL, smallElements, 70, true));
      for (int i = 0; i < LARGE; i++) {
        here.pipeline(sets("large:" + i + ":", 1, ELEMENTS, BYTES, false));
        there.pipeline(sets("large:" + i + ":", 1, ELEMENTS, BYTES, true));
      }
      SmallComparer smalls = new SmallComparer(one, other, (of, i) -> next(of));

      List<byte[]> small = IntStream.range(0, SMALL).mapToObj(i -> key("small:" + i)).toList();
      for (int round = 0; round < 10; round++) {
        assertThat(compare(smalls, small)).isEqualTo(new BitSet());
      }
      List<byte[]> large =
          IntStream.range(0, LARGE).mapToObj(i -> key("large:" + i + ":0")).toList();
      assertThat(compare(smalls, large.subList(0, 1))).isEqualTo(new BitSet());
      long before = Long.parseLong(here.info("memory").get("used_memory"));
      assertThat(compare(smalls, large)).isEqualTo(new BitSet());
      long peak = Long.parseLong(here.info("memory").get("used_memory_peak"));
      assertThat(peak - before).isLessThan((long) LARGE * ELEMENTS * BYTES / 4);
    }
  }

  private static BitSet compare(SmallComparer smalls, List<byte[]> keys) throws IOException {
    ValueType[] types = new ValueType[keys.size()];
    Arrays.fill(types, ValueType.SET);
    BitSet all = new BitSet();
    all.set(0, keys.size());
    BitSet closer = new BitSet();
    KeyBatch batch = new KeyBatch(0, false, 0, keys, null);
    smalls.compare(batch, all, types, new long[keys.size()], closer);
    return closer;
  }

  private static RespReader next(Wire of) throws IOException {
    RedisConnection connection = of.at(new byte[0]).connection();
    connection.readToken(Replies.MOST_HELD);
    return connection.in();
  }

  /** The same on both sides, in tables of another order. */
  private static List<String[]> sets(
      String prefix, int keys, int elements, int bytes, boolean backward) {
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      for (int n = 0; n < elements; n++) {
        int element = backward ? elements - 1 - n : n;
        commands.add(new String[] {"SADD", prefix + i, element + "x".repeat(bytes)});
      }
    }
    return commands;
  }

  private static Side met(RedisServer server) throws IOException {
    Side side = new Side("side", new RedisClient(Checked.endpoint(server), ""), LimitSpec.none());
    side.meet("cachesync:");
    return side;
  }

  private static byte[] key(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }
}
