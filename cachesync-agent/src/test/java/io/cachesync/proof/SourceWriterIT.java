package io.cachesync.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class SourceWriterIT {
  /** Whoever stops it before closing it hears of it, and closing does not add it to itself. */
  @Test
  void tellsOnceByWhatItHasFailed() {
    AtomicInteger asked = new AtomicInteger();
    try (RedisServer server = new RedisServer(ServerVersion.V7_0).start()) {
      SourceWriter writer =
          new SourceWriter(
              () -> {
                if (asked.getAndIncrement() > 0) {
                  throw new AssertionError("nobody is left");
                }
                return server;
              },
              new Proof(1, 1, 1).workload(1, false),
              1,
              "",
              List.of(),
              new SourceWriter.History());
      Throwable told =
          catchThrowable(
              () -> {
                try (writer) {
                  writer.start();
                  server.kill();
                  Awaitility.await().until(() -> asked.get() > 1);
                  writer.stop();
                }
              });
      assertThat(told)
          .isInstanceOf(CompletionException.class)
          .hasRootCauseMessage("nobody is left")
          .hasNoSuppressedExceptions();
    }
  }
}
