package io.cachesync.agent.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.filter.SkippedKeys;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ReplyWindowIT {
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V6_2);

  /** Later commands of the source would reach what the target has under its name. */
  @Test
  void skipsAKeyThatTheTargetHasThoughItsValueHasNoPlaceThere() throws Exception {
    SkippedKeys skipped = new SkippedKeys(2);
    try (RespClient target = TARGET.client()) {
      target.call("SET", "there", "stays");
      write(skipped, "there", "not there");
      assertThat(target.call("GET", "there")).isEqualTo("stays");
    }
    List<String> names = new ArrayList<>();
    skipped.forEach(
        (key, database) -> names.add(database + " " + new String(key, StandardCharsets.UTF_8)));
    assertThat(names).containsExactly("3 there");
  }

  private static void write(SkippedKeys skipped, String... names) throws Exception {
    RestoreWrite restore = new RestoreWrite(new TargetFeatures(602, 9, "6.2", 0, 0, false), false);
    try (RedisConnection connection = client().connect();
        ReplyWindow window =
            new ReplyWindow(connection, 1024, SnapshotScope.Existing.SKIPPED, skipped)) {
      window.start();
      KeyValue value = new KeyValue();
      for (String name : names) {
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        value.key(key, 0, key.length);
        window.source(new DatabaseKey(3, key));
        int commands = restore.absent(value, connection.out());
        window.asks(true);
        for (int i = 0; i < commands; i++) {
          window.add(key, 0, key.length, 0, 0, 1);
        }
      }
      window.sent();
      connection.flush();
      window.awaitOutstanding(0);
    }
  }

  private static RedisClient client() {
    return new RedisClient(
        new RedisEndpoint(Topology.STANDALONE, List.of(TARGET.address()), "", null), "");
  }
}
