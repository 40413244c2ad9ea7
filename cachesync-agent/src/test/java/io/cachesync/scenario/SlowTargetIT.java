package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The source must not pay for a slow target. */
class SlowTargetIT {
  private static final long FAST_BYTES = 12_000_000;
  private static final long FLAT_BYTES = 1_000_000;
  private static final int WRITE_BYTES = 20_000;

  /** Written before the agent is waited for, which may get no turn on a busy machine. */
  private static final int WRITES_AT_ONCE = 20;

  @TempDir private Path folder;

  @Test
  void theSourcesOutputBufferStaysFlatWhileTheRelayLogGrows() throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        Migration migration = new Migration(source, target, 100, folder.resolve("job"))) {
      migration.fill();
      migration.startAgent();
      migration.awaitCaughtUp();
      migration.proxy().slow(100_000);
      long start = migration.sourceOffset();
      long most = 0;
      try (RespClient writer = source.client()) {
        for (int i = 0; migration.sourceOffset() < start + FAST_BYTES; i++) {
          writer.call("RPUSH", "log:" + i % 7, "x".repeat(WRITE_BYTES));
          most = Math.max(most, replicaOutputBytes(writer));
          if (i % WRITES_AT_ONCE == 0) {
            long written = migration.sourceOffset();
            migration.await("received", link -> link.receivedOffset() >= written);
          }
        }
      }
      assertThat(most).isLessThan(FLAT_BYTES);
      migration.await(
          "all received, most of it waiting",
          link ->
              link.receivedOffset() >= start + FAST_BYTES
                  && link.relayWaitingBytes() > FAST_BYTES / 2
                  && link.phase() == Phase.INCREMENTAL);
      migration.proxy().slow(0);
      migration.awaitCaughtUp();
      assertThat(migration.finish()).as(migration.log()).isZero();
      DatasetComparer.assertEqual(source, target);
    }
  }

  /** omem of the one replica that the source has: us. */
  private static long replicaOutputBytes(RespClient client) {
    return client
        .text("CLIENT", "LIST")
        .lines()
        .filter(line -> line.contains(" flags=S "))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".* omem=(\\d+) .*", "$1")))
        .sum();
  }
}
