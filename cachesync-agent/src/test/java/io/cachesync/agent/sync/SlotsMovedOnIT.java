package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.StartMode;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Slots of the source that move on, or back, between the moment in which it is planned who fetches
 * them and that in which it is done. Nobody is where it was planned then, and no link may wait for
 * that for ever.
 */
class SlotsMovedOnIT {
  @RegisterExtension
  static final ClusterServers SOURCE =
      new ClusterServers(ServerVersion.V7_0, 2)
          .option("cluster-allow-replica-migration", "no")
          .option("repl-backlog-size", "64mb");

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @Test
  void areLeftToWhoHasThem() {
    int one = ClusterServers.slot("{b}");
    RedisServer former = SOURCE.ownerOf(one);
    RedisServer latter = other(former);
    String second = keyOf(latter);
    int other = ClusterServers.slot(second);
    call(former, "MSET", "{b}stays", "x", "{b}removed", "x");
    call(latter, "SET", second, "x");
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    setup.start().awaitCaughtUp().stop();
    SOURCE.moveSlot(one, latter);
    SOURCE.moveSlot(other, former);
    call(latter, "DEL", "{b}removed");
    call(former, "APPEND", second, "y");
    onceItIsPlanned(
        setup,
        () -> {
          SOURCE.moveSlot(one, former);
          SOURCE.moveSlot(other, latter);
          call(former, "APPEND", "{b}stays", "z");
          call(latter, "APPEND", second, "z");
        });
    try (RunningLinks links = setup.start()) {
      links.awaitSlotsFetched();
      links.finishWell();
    }
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
  }

  /** Asked for it, the cluster leads to another shard, whose stream this link does not follow. */
  @Test
  void areLeftToWhoHasThemWhereTheirMasterHasNoneAnyMore() {
    int one = ClusterServers.slot("{b}");
    int other = ClusterServers.slot("{c}");
    RedisServer first = SOURCE.ownerOf(one);
    RedisServer second = SOURCE.ownerOf(other);
    RedisServer joined = SOURCE.join();
    call(first, "MSET", "{b}stays", "x", "{b}removed", "x");
    call(second, "SET", "{c}key", "x");
    SOURCE.moveSlot(other, joined);
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    setup.start().awaitCaughtUp().stop();
    SOURCE.moveSlot(one, joined);
    SOURCE.moveSlot(other, second);
    call(joined, "DEL", "{b}removed");
    onceItIsPlanned(
        setup,
        () -> {
          SOURCE.moveSlot(one, first);
          call(first, "APPEND", "{b}stays", "z");
        });
    try (RunningLinks links = setup.start()) {
      links.await("two links", all -> all.size() == 2);
      links.awaitSlotsFetched();
      links.finishWell();
    }
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
  }

  /** On the thread that begins the links, before the first of them does anything. */
  private static void onceItIsPlanned(RunningLinks.Setup setup, Runnable action) {
    setup.startMode = StartMode.MUST_RESUME;
    AtomicBoolean done = new AtomicBoolean();
    setup.onSaid =
        text -> {
          if (text.contains(" links, for ") && done.compareAndSet(false, true)) {
            action.run();
          }
        };
  }

  private static RedisServer other(RedisServer master) {
    List<RedisServer> masters = SOURCE.masters();
    return masters.get(masters.get(0) == master ? 1 : 0);
  }

  private static String keyOf(RedisServer owner) {
    int tag = 0;
    while (SOURCE.ownerOf(ClusterServers.slot("{" + tag + "}")) != owner) {
      tag++;
    }
    return "{" + tag + "}";
  }

  private static void call(RedisServer server, String... words) {
    try (RespClient client = server.client()) {
      client.call(words);
    }
  }
}
