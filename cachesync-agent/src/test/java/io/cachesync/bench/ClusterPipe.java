package io.cachesync.bench;

import io.cachesync.testkit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What a client can do at most for a cluster: a connection and a thread to each node, each
 * pipelining the node's share, which lies ready in memory.
 */
final class ClusterPipe {
  private final BySlot<ReadyCommands> shares;

  ClusterPipe(int nodes, Consumer<Commands> writer) {
    List<ReadyCommands> ready = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      ready.add(new ReadyCommands());
    }
    shares = new BySlot<>(ready);
    writer.accept(shares);
  }

  /** Writes all of it, and returns when the last reply came, as {@link System#nanoTime}. */
  long write(List<RedisServer> masters) {
    List<CompletableFuture<Long>> ends = new ArrayList<>();
    for (int i = 0; i < masters.size(); i++) {
      ReadyCommands share = shares.nodes().get(i);
      RedisServer master = masters.get(i);
      ends.add(
          CompletableFuture.supplyAsync(
              () -> write(master, share), work -> new Thread(work, "share").start()));
    }
    return ends.stream().mapToLong(CompletableFuture::join).max().orElseThrow();
  }

  private static long write(RedisServer master, ReadyCommands share) {
    try (Pipeline pipeline = new Pipeline(master)) {
      pipeline.send(share);
      return pipeline.await();
    }
  }
}
