package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Phase;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.SyncSpec;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Fields of hashes get the grace that keys get, in every form of a hash. */
class FieldExpiryIT {
  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_4);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_4);

  private static final long AT = 4_000_000_000_000L;

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @Test
  void fieldsExpireLaterByTheGrace() {
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      fill(source, "listpack", 3, RunningLink.noise(40));
      fill(source, "compressed", 40, "x".repeat(60));
      fill(source, "long values", 20, RunningLink.noise(64).repeat(1));
      fill(source, "table", 1000, "y");
      fill(source, "one large value", 4, RunningLink.noise(5000));
      source.call("SET", "a key", "v", "PXAT", Long.toString(AT));
      RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
      setup.mode = SyncMode.FULL_ONLY;
      try (RunningLink link = setup.start()) {
        assertThat(link.end().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(target.text("OBJECT", "ENCODING", "compressed")).isEqualTo("listpackex");
      assertThat(target.text("OBJECT", "ENCODING", "table")).isEqualTo("hashtable");
      long grace = graceOfKeys(source, target);
      for (String key :
          List.of("listpack", "compressed", "long values", "table", "one large value")) {
        assertThat(graceOf(source, target, key)).as(key).containsOnly(grace);
        assertThat(target.list("HGETALL", key)).hasSameElementsAs(source.list("HGETALL", key));
      }
    }
  }

  /** 7.4.1 takes such a value wrongly, and crashes or removes others' fields later. */
  @Test
  void aHashWithoutTimesAnyMoreComesAsOneThatNeverHadAny() {
    List<String> listpacks = List.of("short", "compressed");
    List<String> tables = List.of("long", "wide");
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      fill(source, "short", 3, RunningLink.noise(40));
      fill(source, "compressed", 40, "x".repeat(60));
      fill(source, "long", 4, RunningLink.noise(5000));
      fill(source, "wide", 1000, "12");
      fill(source, "healed short", 3, "z");
      fill(source, "healed wide", 1000, "12");
      for (Object key : source.list("KEYS", "*")) {
        takeTimes(source, (String) key);
      }
      assertThat(source.text("OBJECT", "ENCODING", "short")).isEqualTo("listpackex");
      try (RunningLink link = RunningLink.between(SOURCE, TARGET).start()) {
        link.awaitCaughtUp();
        for (String key : List.of("healed short", "healed wide")) {
          target.call("SET", key, "what makes the next command fail");
          source.call("HSET", key, "field 0", "new");
        }
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().healed()).isNotEmpty();
      }
      for (String key : listpacks) {
        assertThat(target.text("DUMP", key).charAt(0)).as(key).isEqualTo((char) 16);
      }
      for (String key : tables) {
        assertThat(target.text("DUMP", key).charAt(0)).as(key).isEqualTo((char) 4);
      }
      assertThat(target.text("DUMP", "healed short").charAt(0)).isEqualTo((char) 16);
      assertThat(target.text("DUMP", "healed wide").charAt(0)).isEqualTo((char) 4);
      assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
    }
  }

  @Test
  void aHashThatIsFetchedAgainGetsTheGraceToo() {
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      fill(source, "short", 3, RunningLink.noise(40));
      fill(source, "wide", 1000, "y");
      source.call("SET", "a key", "v", "PXAT", Long.toString(AT));
      try (RunningLink link = RunningLink.between(SOURCE, TARGET).start()) {
        link.awaitCaughtUp();
        for (String key : List.of("short", "wide")) {
          target.call("SET", key, "what makes the next command fail");
          source.call("HSET", key, "field 1", "new");
        }
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      for (String key : List.of("short", "wide")) {
        assertThat(graceOf(source, target, key)).as(key).containsOnly(graceOfKeys(source, target));
      }
      assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
    }
  }

  private static void takeTimes(RespClient client, String key) {
    for (Object field : client.list("HKEYS", key)) {
      client.call("HPERSIST", key, "FIELDS", "1", (String) field);
    }
  }

  /** Each second field expires, and all of them at different times. */
  private static void fill(RespClient client, String key, int fields, String value) {
    for (int i = 0; i < fields; i++) {
      String field = "field " + i;
      client.call("HSET", key, field, value);
      if (i % 2 == 0) {
        client.call("HPEXPIREAT", key, Long.toString(AT + i * 77_777L), "FIELDS", "1", field);
      }
    }
    client.call("HSET", key, "field 1", "12345", "127", "-1");
  }

  /** It is more by as much as the target's clock seemed to be ahead of the source's. */
  private static long graceOfKeys(RespClient source, RespClient target) {
    long grace = target.number("PEXPIRETIME", "a key") - source.number("PEXPIRETIME", "a key");
    assertThat(grace).isGreaterThanOrEqualTo(SyncSpec.DEFAULT_EXPIRY_GRACE_MILLIS);
    return grace;
  }

  private static List<Long> graceOf(RespClient source, RespClient target, String key) {
    List<Long> grace = new ArrayList<>();
    for (Object field : source.list("HKEYS", key)) {
      long before = expireAt(source, key, field.toString());
      long after = expireAt(target, key, field.toString());
      if (before < 0) {
        assertThat(after).as("%s of %s", field, key).isEqualTo(before);
      } else {
        grace.add(after - before);
      }
    }
    return grace;
  }

  private static long expireAt(RespClient client, String key, String field) {
    return (Long) client.list("HPEXPIRETIME", key, "FIELDS", "1", field).get(0);
  }
}
