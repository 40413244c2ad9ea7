package io.cachesync.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ReplicaWaitIT {
  /** A seed's writer may flush while the replica copies its master. */
  @Test
  void waitsForAReplicaAlsoWhereWhatItIsKnownByIsFlushedBeforeItHasThat() throws Exception {
    try (RedisServer first = new RedisServer(ServerVersion.V2_8).start();
        RedisServer second = new RedisServer(ServerVersion.V2_8).start();
        RedisServer replica = new RedisServer(ServerVersion.V2_8).start();
        ReplicaSource source = new ReplicaSource(first, second, replica);
        RespClient master = first.client()) {
      source.reset();
      master.call("DEL", "last");
      source.wire().accept(false);
      CompletableFuture<Void> waiting = CompletableFuture.runAsync(source::settle);
      Awaitility.await().until(() -> master.number("EXISTS", "last") == 1);
      master.call("FLUSHALL");
      source.wire().accept(true);
      assertThat(waiting).succeedsWithin(Duration.ofSeconds(60));
    }
  }
}
