package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A target that comes back as it was before a slot of the source moved and was fetched. */
class SetBackSlotsIT {
  private static final int SLOT = ClusterServers.slot("{tag}");

  @RegisterExtension
  static final ClusterServers SOURCE =
      new ClusterServers(ServerVersion.V7_0, 2).option("repl-backlog-size", "64mb");

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 2);

  private RedisServer from;
  private RedisServer to;

  @BeforeEach
  void fill() {
    SOURCE.flush();
    TARGET.flush();
    CLUSTER.flush();
    from = SOURCE.ownerOf(SLOT);
    to = SOURCE.masters().stream().filter(each -> each != from).findFirst().orElseThrow();
    for (int i = 0; i < 9; i++) {
      call(from, "RPUSH", key(i), "before");
    }
  }

  @AfterEach
  void bringBack() {
    SOURCE.moveSlot(SLOT, from);
  }

  @Test
  void theSlotIsFetchedAgain() {
    try (RunningLinks links = RunningLinks.between(SOURCE, TARGET).start().awaitCaughtUp()) {
      byte[] saved = TARGET.save();
      move(links);
      TARGET.setBack(saved);
      touch(key -> TARGET);
      assertEqualInTheEnd(links);
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    }
  }

  @Test
  void soItIsWhereTheLinksAreBehind() {
    try (RunningLinks links = RunningLinks.between(SOURCE, TARGET).start().awaitCaughtUp()) {
      byte[] saved = TARGET.save();
      move(links);
      links.direct(Desired.PAUSE);
      links.awaitPhase(Phase.PAUSED);
      for (int i = 0; i < 9; i++) {
        call(to, i % 2 == 0 ? "DEL" : "INCR", i % 2 == 0 ? key(i) : key(i + 100));
      }
      TARGET.setBack(saved);
      links.direct(Desired.RUN);
      touch(key -> TARGET);
      assertEqualInTheEnd(links);
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    }
  }

  @Test
  void soItIsByTheNextStart() {
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    byte[] saved;
    try (RunningLinks links = setup.start().awaitCaughtUp()) {
      saved = TARGET.save();
      move(links);
      links.crash();
    }
    TARGET.setBack(saved);
    try (RunningLinks links = setup.start()) {
      assertEqualInTheEnd(links);
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    }
  }

  @Test
  void soItIsAtAMasterOfACluster() {
    RedisServer master = CLUSTER.ownerOf(SLOT);
    try (RunningLinks links = RunningLinks.between(SOURCE, CLUSTER).start().awaitCaughtUp()) {
      byte[] saved = master.save();
      move(links);
      master.setBack(saved);
      CLUSTER.awaitAgreement();
      touch(key -> CLUSTER.ownerOf(ClusterServers.slot(key)));
      assertEqualInTheEnd(links);
      assertThat(DatasetComparer.compare(SOURCE, CLUSTER)).isEmpty();
    }
  }

  /** Behind it the new owner has added to keys, deleted some, and made some anew. */
  private void move(RunningLinks links) {
    call(from, "RPUSH", key(0), "and more");
    links.awaitCaughtUp();
    SOURCE.moveSlot(SLOT, to);
    links.await("begun again", all -> links.hasSaid("all links begin from where they are"));
    links.awaitCaughtUp();
    for (int i = 0; i < 9; i++) {
      if (i % 3 > 0) {
        call(to, "DEL", key(i));
      }
      if (i % 3 < 2) {
        call(to, "RPUSH", key(i), "behind");
      }
    }
    links.awaitCaughtUp();
  }

  /**
   * Each link has something to write, and so sees what its target has become: that of the former
   * owner, whose stream removes all keys of the slot, behind that of the new one.
   */
  private void touch(Function<String, RedisServer> target) {
    for (RedisServer master : List.of(to, from)) {
      String key =
          IntStream.iterate(0, i -> i + 1)
              .mapToObj(i -> "touch:" + i)
              .filter(name -> SOURCE.ownerOf(ClusterServers.slot(name)) == master)
              .filter(name -> target.apply(name) == target.apply(key(0)))
              .findFirst()
              .orElseThrow();
      call(master, "INCR", key);
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .until(() -> exists(target.apply(key), key));
    }
  }

  private static boolean exists(RedisServer server, String key) {
    try (RespClient client = server.client()) {
      return client.number("EXISTS", key) == 1;
    }
  }

  private static void assertEqualInTheEnd(RunningLinks links) {
    links.awaitCaughtUp();
    assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
  }

  private static String key(int number) {
    return "{tag}:" + number;
  }

  private static void call(RedisServer server, String... words) {
    try (RespClient client = server.client()) {
      client.call(words);
    }
  }
}
