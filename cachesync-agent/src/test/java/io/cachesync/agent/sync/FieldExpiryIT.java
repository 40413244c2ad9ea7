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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A full sync gives the fields of hashes the grace that keys get, in every form of a hash. */
class FieldExpiryIT {
  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_4);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_4);

  private static final long AT = 4_000_000_000_000L;

  @Test
  void fieldsExpireLaterByTheGrace() {
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      fill(source, "listpack", 3, RunningLink.noise(40));
      fill(source, "compressed", 40, "x".repeat(60));
      fill(source, "long values", 20, RunningLink.noise(64).repeat(1));
      fill(source, "table", 1000, "y");
      fill(source, "one large value", 4, RunningLink.noise(5000));
      RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
      setup.mode = SyncMode.FULL_ONLY;
      try (RunningLink link = setup.start()) {
        assertThat(link.end().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(target.text("OBJECT", "ENCODING", "compressed")).isEqualTo("listpackex");
      assertThat(target.text("OBJECT", "ENCODING", "table")).isEqualTo("hashtable");
      for (String key :
          List.of("listpack", "compressed", "long values", "table", "one large value")) {
        List<Long> grace = graceOf(source, target, key);
        assertThat(grace).as(key).isNotEmpty();
        // More by as much as the target's clock seemed to be ahead of the source's.
        assertThat(grace)
            .as(key)
            .allMatch(each -> each >= SyncSpec.DEFAULT_EXPIRY_GRACE_MILLIS && each < 1_500)
            .containsOnly(grace.get(0));
        assertThat(target.list("HGETALL", key)).hasSameElementsAs(source.list("HGETALL", key));
      }
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
