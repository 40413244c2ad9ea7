package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Shards that are copied one after the other, so that not all masters fork at once. */
class ParallelFullSyncsIT {
  private static final LimitSpec SLOW = new LimitSpec(300_000, 0);

  @RegisterExtension
  static final ClusterServers SOURCE =
      new ClusterServers(ServerVersion.V7_0, 3).option("repl-backlog-size", "64mb");

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @Test
  void copiesAShardOnlyOnceTheOneBeforeIsDone() {
    RunningLinks.Setup setup = setup();
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 1)) {
      writes.fill("key", 3_000, 20);
      writes.start();
      try (RunningLinks links = setup.start()) {
        links.awaitApplied(5_000);
        writes.stop();
        links.awaitCaughtUp();
        finish(links);
        assertThat(beginningsAndEnds(links))
            .containsExactly("begins", "ends", "begins", "ends", "begins", "ends");
      }
    }
  }

  @Test
  void asksASourceForNothingWhileItWaitsAndLosesNoTurnToATargetThatHungUp() {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 2)) {
      writes.fill("key", 9_000, 1_000);
      try (RunningLinks links = held()) {
        assertThat(replicas()).containsExactlyInAnyOrder(0, 0, 1);
        assertThat(links.links().phase()).isEqualTo(Phase.FULL_SYNC);
        hangUpOn(links.statuses().stream().filter(ParallelFullSyncsIT::waits).toList());
        links.links().direct(Desired.RUN, LimitSpec.none());
        links.awaitCaughtUp();
        assertThat(links.statuses()).extracting(LinkStatus::retries).containsOnly(0L);
        finish(links);
        assertThat(beginningsAndEnds(links)).hasSize(6);
      }
    }
  }

  @Test
  void isPausedAndEndsWhileItWaitsAndGoesOnFromThere() {
    RunningLinks.Setup setup = setup();
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 3)) {
      writes.fill("key", 9_000, 1_000);
      RunningLinks stopped = held();
      stopped.direct(Desired.PAUSE);
      stopped.awaitPhase(Phase.PAUSED);
      assertThat(stopped.statuses().stream().filter(ParallelFullSyncsIT::waits)).hasSize(2);
      assertThat(stopped.stop().phase()).isEqualTo(Phase.STOPPED);
      RunningLinks killed = held();
      killed.crash();
      writes.delete("key", 8_900);
      try (RunningLinks links = setup.start()) {
        links.awaitCaughtUp();
        finish(links);
      }
    }
  }

  /** From one that is in its stream to one that waits, and the other way. */
  @Test
  void slotsThatMoveWhileALinkWaitsAreFetched() {
    RunningLinks.Setup setup = setup();
    CompletableFuture<RunningLinks> started = new CompletableFuture<>();
    setup.onSaid =
        line -> {
          if (line.startsWith("full sync done") && !started.join().hasSaid("slots move")) {
            started.join().links().direct(Desired.RUN, SLOW);
          }
        };
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 4)) {
      writes.fill("key", 6_000, 1_000);
      try (RunningLinks links = setup.start()) {
        started.complete(links);
        links.await(
            "one of each",
            all ->
                all.stream().anyMatch(ParallelFullSyncsIT::copies)
                    && all.stream().anyMatch(ParallelFullSyncsIT::waits)
                    && all.stream().anyMatch(ParallelFullSyncsIT::streams));
        RedisServer streams = source(links, ParallelFullSyncsIT::streams);
        RedisServer waits = source(links, ParallelFullSyncsIT::waits);
        int gone = slotOf(streams);
        int come = slotOf(waits);
        SOURCE.moveSlot(gone, waits);
        SOURCE.moveSlot(come, streams);
        set(waits, keyIn(gone), "of a new owner");
        set(streams, keyIn(come), "of a new owner");
        links.await("told", all -> links.hasSaid("slots move at the source"));
        links.links().direct(Desired.RUN, LimitSpec.none());
        links.await("begun again", all -> links.hasSaid("all links begin from where they are"));
        links.awaitCaughtUp();
        finish(links);
        SOURCE.moveSlot(gone, streams);
        SOURCE.moveSlot(come, waits);
      }
    }
  }

  private static RedisServer source(RunningLinks links, Predicate<LinkStatus> which) {
    String address = links.statuses().stream().filter(which).findFirst().orElseThrow().source();
    return SOURCE.masters().stream()
        .filter(master -> master.address().equals(address))
        .findFirst()
        .orElseThrow();
  }

  private static boolean streams(LinkStatus link) {
    return link.phase() == Phase.INCREMENTAL;
  }

  private static boolean waits(LinkStatus link) {
    return link.phase() == Phase.FULL_SYNC_QUEUED;
  }

  private static boolean copies(LinkStatus link) {
    return link.phase() == Phase.FULL_SYNC && link.keysApplied() > 0;
  }

  private static String keyIn(int slot) {
    return IntStream.range(0, 1 << 20)
        .mapToObj(i -> "key:" + i)
        .filter(key -> ClusterServers.slot(key) == slot)
        .findFirst()
        .orElseThrow();
  }

  private static int slotOf(RedisServer owner) {
    return Arrays.asList(SOURCE.owners()).indexOf(owner);
  }

  private static void set(RedisServer owner, String key, String value) {
    try (RespClient client = owner.client()) {
      client.call("SET", key, value);
    }
  }

  private static List<Integer> replicas() {
    return SOURCE.masters().stream()
        .map(
            master -> {
              try (RespClient client = master.client()) {
                return Integer.parseInt(client.info("replication").get("connected_slaves"));
              }
            })
        .toList();
  }

  /** As a server does whose clients are silent for long. */
  private static void hangUpOn(List<LinkStatus> waiting) {
    assertThat(waiting).hasSize(2);
    try (RespClient target = TARGET.client()) {
      for (LinkStatus link : waiting) {
        List<String> lines =
            target
                .text("CLIENT", "LIST")
                .lines()
                .filter(line -> line.contains(" name=cachesync-"))
                .filter(line -> line.contains("-" + link.link() + "-e"))
                .toList();
        assertThat(lines).hasSize(1);
        String id = lines.get(0).substring("id=".length(), lines.get(0).indexOf(' '));
        target.call("CLIENT", "KILL", "ID", id);
      }
    }
  }

  /** When full syncs of whichever link were asked for and done, in their order. */
  private static List<String> beginningsAndEnds(RunningLinks links) {
    return links.said().stream()
        .filter(line -> line.contains("phase FULL_SYNC_WAITING") || line.contains("sync done"))
        .map(line -> line.contains("done") ? "ends" : "begins")
        .toList();
  }

  private static void finish(RunningLinks links) {
    assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
  }

  /** One link has begun to copy and does not get far, the others wait. */
  private static RunningLinks held() {
    return begin()
        .await(
            "two wait",
            all ->
                all.stream().filter(ParallelFullSyncsIT::waits).count() == 2
                    && all.stream().anyMatch(ParallelFullSyncsIT::copies));
  }

  private static RunningLinks begin() {
    RunningLinks.Setup setup = setup();
    setup.limits = SLOW;
    return setup.start();
  }

  private static RunningLinks.Setup setup() {
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    setup.parallelFullSyncs = 1;
    return setup;
  }
}
