package io.cachesync.agent.sync;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.RespError;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/** Writes that must be applied exactly once, some in transactions, until told to stop. */
final class Counting implements AutoCloseable {
  private final RespClient client;
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final AtomicLong rounds = new AtomicLong();
  private CompletableFuture<Void> work = CompletableFuture.completedFuture(null);

  Counting(RedisServer server) {
    client = server.client();
  }

  void start() {
    work = CompletableFuture.runAsync(this::write);
    Awaitility.await().until(() -> rounds.get() > 3);
  }

  void stop() {
    running.set(false);
    work.join();
  }

  private void write() {
    while (running.get()) {
      long round = rounds.incrementAndGet();
      List<String[]> commands = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        commands.add(new String[] {"INCR", "counter:" + i});
        commands.add(new String[] {"APPEND", "text:" + i % 3, "abc"});
      }
      commands.add(new String[] {"SELECT", Long.toString(round % 3)});
      commands.add(new String[] {"MULTI"});
      commands.add(new String[] {"RPUSH", "list", Long.toString(round)});
      commands.add(new String[] {"HINCRBY", "hash", "field", "1"});
      commands.add(new String[] {"LTRIM", "list", "-100", "-1"});
      commands.add(new String[] {"EXEC"});
      for (Object reply : client.pipeline(commands)) {
        if (reply instanceof RespError error) {
          throw error;
        }
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  @Override
  public void close() {
    stop();
    client.close();
  }
}
