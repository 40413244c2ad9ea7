package io.cachesync.agent.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ValuesAtOffsetIT {
  private static final int VALUE_BYTES = 100_000;

  /** What is at least needed for one of the values, and not enough for two. */
  private static final long AT_ONCE = 150_000;

  private static final List<DatabaseKey> KEYS = List.of(key("one"), key("two"), key("large"));

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V7_0"})
  void readsNoMoreAtOnceThanFits(ServerVersion version) throws Exception {
    try (RedisServer server = new RedisServer(version).start();
        RespClient client = server.client();
        ValuesAtOffset values = values(server)) {
      client.call("SET", "one", "1".repeat(VALUE_BYTES));
      client.call("SET", "two", "2".repeat(VALUE_BYTES));
      client.call("SET", "large", "3".repeat(4 * VALUE_BYTES));

      List<ValuesAtOffset.Value> first = values.read(KEYS).values();
      assertThat(first).hasSize(1);
      assertThat(first.get(0).state()).isEqualTo(ValuesAtOffset.State.PRESENT);

      List<ValuesAtOffset.Value> rest = values.read(KEYS.subList(1, 3)).values();
      assertThat(rest)
          .extracting(ValuesAtOffset.Value::state)
          .containsExactly(ValuesAtOffset.State.PRESENT, ValuesAtOffset.State.TOO_LARGE);
      assertThat(rest.get(1).dump()).isEmpty();
    }
  }

  /** A replica from 3.2 on hides a key that has expired and that its master may still renew. */
  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V3_2", "V6_2", "V7_0"})
  void whatAReplicaHidesIsNotGone(ServerVersion version) throws Exception {
    try (RedisServer master = new RedisServer(version).start();
        RedisServer replica =
            new RedisServer(version).option("slaveof", "127.0.0.1 " + master.port()).start();
        RespClient writer = master.client();
        RespClient reader = replica.client();
        ValuesAtOffset values = values(replica)) {
      awaitLinked(reader);
      writer.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
      writer.call("SET", "one", "1", "PX", "1");
      writer.call("SET", "large", "1");
      Awaitility.await().until(() -> "1".equals(reader.call("GET", "large")));
      Awaitility.await().until(() -> reader.call("GET", "one") == null);
      assertThat(values.read(KEYS).values())
          .extracting(ValuesAtOffset.Value::state)
          .containsExactly(
              ValuesAtOffset.State.UNDECIDED,
              ValuesAtOffset.State.ABSENT,
              ValuesAtOffset.State.PRESENT);
      // The master deletes what it is asked for.
      assertThat(writer.call("GET", "one")).isNull();
      Awaitility.await()
          .until(
              () ->
                  values.read(KEYS.subList(0, 1)).values().get(0).state()
                      == ValuesAtOffset.State.ABSENT);
    }
  }

  /** Where OBJECT is taken away, as by rename-command. */
  @Test
  void whatAnOldReplicaHidesIsToldWithoutObjectToo() throws Exception {
    try (RedisServer master = new RedisServer(ServerVersion.V3_2).start();
        RedisServer replica =
            new RedisServer(ServerVersion.V3_2)
                .option("slaveof", "127.0.0.1 " + master.port())
                .option("rename-command", "OBJECT \"\"")
                .start();
        RespClient writer = master.client();
        RespClient reader = replica.client();
        ValuesAtOffset values = values(replica)) {
      awaitLinked(reader);
      writer.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
      writer.call("SET", "one", "1", "PX", "1");
      writer.call("SET", "large", "1");
      Awaitility.await().until(() -> "1".equals(reader.call("GET", "large")));
      Awaitility.await().until(() -> reader.call("GET", "one") == null);
      assertThat(values.read(KEYS).values())
          .extracting(ValuesAtOffset.Value::state)
          .containsExactly(
              ValuesAtOffset.State.UNDECIDED,
              ValuesAtOffset.State.ABSENT,
              ValuesAtOffset.State.PRESENT);
    }
  }

  /** It may hide a key from then on, and its master may still renew it. */
  @Test
  void aMasterThatHasBecomeAReplicaIsAskedAnew() throws Exception {
    try (RedisServer master = new RedisServer(ServerVersion.V7_0).start();
        RedisServer former = new RedisServer(ServerVersion.V7_0).start();
        RespClient writer = master.client();
        RespClient client = former.client();
        ValuesAtOffset values = values(former)) {
      writer.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
      client.call("SET", "large", "1");
      assertThat(values.read(KEYS).values().get(2).state()).isEqualTo(ValuesAtOffset.State.PRESENT);
      client.call("REPLICAOF", "127.0.0.1", Integer.toString(master.port()));
      writer.call("SET", "one", "1", "PX", "1");
      writer.call("SET", "two", "2");
      Awaitility.await().until(() -> "2".equals(client.call("GET", "two")));
      Awaitility.await().until(() -> client.call("GET", "one") == null);
      assertThatThrownBy(() -> values.read(KEYS)).hasMessageContaining("has become a replica");
      assertThat(values.read(KEYS).values().get(0).state())
          .isEqualTo(ValuesAtOffset.State.UNDECIDED);
    }
  }

  /** A snapshot of an old version leaves out what has expired. */
  private static void awaitLinked(RespClient replica) {
    Awaitility.await()
        .until(() -> "up".equals(replica.info("replication").get("master_link_status")));
  }

  private static ValuesAtOffset values(RedisServer server) {
    RedisEndpoint endpoint =
        new RedisEndpoint(Topology.STANDALONE, List.of(server.address()), "", null);
    return new ValuesAtOffset(new RedisClient(endpoint, ""), 3 * VALUE_BYTES, AT_ONCE);
  }

  private static DatabaseKey key(String name) {
    return new DatabaseKey(0, name.getBytes(StandardCharsets.UTF_8));
  }
}
