package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.KeyRename;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.SyncMode;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Slots of the source that move from shard to shard while a job copies it, or between two starts.
 */
class SlotMovesIT {
  @RegisterExtension
  static final ClusterServers SOURCE =
      new ClusterServers(ServerVersion.V7_0, 3).option("repl-backlog-size", "64mb");

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 2);

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
    CLUSTER.flush();
  }

  @Test
  void areLivedThroughUnderWrites() {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 11)) {
      writes.fill("key", 2_000, 20);
      writes.start();
      try (RunningLinks links = setup().start()) {
        links.awaitApplied(20_000);
        move(0, 12);
        links.awaitSlotsFetched();
        links.awaitApplied(20_000);
        writes.stop();
        links.awaitCaughtUp().finishWell();
        assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
      }
    }
  }

  /** Every command here goes to the wrong end where it is applied as it comes. */
  @Test
  void areFetchedFromTheirOwnerWhicheverLinkIsBehind() {
    int slot = ClusterServers.slot("{m}");
    RedisServer from = SOURCE.ownerOf(slot);
    RedisServer to = next(slot);
    try (RunningLinks links = RunningLinks.between(SOURCE, CLUSTER).start();
        RespClient before = from.client();
        RespClient after = to.client()) {
      before.call("RPUSH", "{m}list", "a");
      before.call("SET", "{m}removed", "x");
      before.call("SET", "{m}stays", "x");
      links.awaitCaughtUp();
      before.call("APPEND", "{m}stays", "y");
      SOURCE.beginMove(slot, to);
      asking(after, "SET", "{m}new", "asked");
      SOURCE.moveKeys(slot, to, 1);
      asking(after, "INCR", "{m}counter");
      SOURCE.moveKeys(slot, to, 100);
      asking(after, "RPUSH", "{m}list", "b");
      asking(after, "DEL", "{m}removed");
      links.await("the move is seen", all -> links.hasSaid("slots move at the source"));
      asking(after, "INCR", "{m}counter");
      SOURCE.endMove(slot, to);
      after.call("RPUSH", "{m}list", "c");
      links.awaitSlotsFetched();
      after.call("RPUSH", "{m}list", "d");
      after.call("INCR", "{m}counter");
      links.awaitCaughtUp().finishWell();
      assertThat(DatasetComparer.compare(SOURCE, CLUSTER)).isEmpty();
    }
  }

  /** Links that began anew would have to take a target that is full, and would end by that. */
  @Test
  void areFetchedOnceATargetThatWasFullTakesWritesAgain() {
    int slot = ClusterServers.slot("{m}");
    RedisServer from = SOURCE.ownerOf(slot);
    RedisServer to = next(slot);
    try (RunningLinks links = setup().start();
        RespClient before = from.client();
        RespClient after = to.client()) {
      before.call("RPUSH", "{m}list", "a");
      links.awaitCaughtUp();
      SOURCE.beginMove(slot, to);
      links.await("the move is seen", all -> links.hasSaid("slots move at the source"));
      TARGET.config("maxmemory", "1");
      before.call("SET", keyOf(from, slot), "v");
      links.await("refused", all -> links.hasSaid("code=" + FaultCode.TARGET_OUT_OF_MEMORY));
      SOURCE.moveKeys(slot, to, 1);
      SOURCE.endMove(slot, to);
      after.call("RPUSH", "{m}list", "b");
      // Longer than it takes to see that they have moved.
      Awaitility.await()
          .during(Duration.ofSeconds(4))
          .until(() -> !links.hasSaid("all links begin from where they are"));
      assertThat(links.links().outcome()).isEmpty();
      TARGET.config("maxmemory", "0");
      links.awaitSlotsFetched();
      links.awaitCaughtUp().finishWell();
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    } finally {
      TARGET.config("maxmemory", "0");
    }
  }

  /** The agent is killed with a slot half moved, and again before it was fetched. */
  @Test
  void areFetchedWhereTheAgentIsKilledMeanwhile() {
    int slot = ClusterServers.slot("{k}");
    RedisServer from = SOURCE.ownerOf(slot);
    RedisServer to = next(slot);
    RunningLinks.Setup setup = setup();
    try (RespClient before = from.client();
        RespClient after = to.client()) {
      for (int i = 0; i < 20; i++) {
        before.call("RPUSH", "{k}list:" + i, "a");
      }
      try (RunningLinks links = setup.start()) {
        links.awaitCaughtUp();
        SOURCE.beginMove(slot, to);
        SOURCE.moveKeys(slot, to, 5);
        asking(after, "SET", "{k}asked", "1");
        links.await("the move is seen", all -> links.hasSaid("slots move at the source"));
        before.call("CLUSTER", "SETSLOT", Integer.toString(slot), "STABLE");
        links.crash();
      }
      // Moved on while nobody looks, with what is written at both ends of it.
      before.call("CLUSTER", "SETSLOT", Integer.toString(slot), "MIGRATING", SOURCE.id(to));
      for (int i = 0; i < 20; i++) {
        asking(after, "DEL", "{k}list:" + i);
      }
      SOURCE.moveKeys(slot, to, 100);
      SOURCE.endMove(slot, to);
      for (int i = 0; i < 10; i++) {
        after.call("RPUSH", "{k}list:" + i, "b");
      }
      setup.startMode = StartMode.MUST_RESUME;
      for (int kill = 0; kill < 3; kill++) {
        RunningLinks links = setup.start();
        links.await("taken", all -> links.hasSaid("target taken"));
        links.crash();
      }
      try (RunningLinks links = setup.start()) {
        links.awaitCaughtUp();
        after.call("RPUSH", "{k}list:1", "c");
        SOURCE.moveSlot(slot, from);
        before.call("RPUSH", "{k}list:2", "d");
        links.awaitSlotsFetched();
        links.awaitCaughtUp().finishWell();
        assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
        assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
      }
    }
  }

  /** Nothing in any stream tells of it but what was left out before the agent was killed. */
  @Test
  void areRememberedWhereTheyComeBackEmpty() {
    int slot = ClusterServers.slot("{e}");
    RedisServer from = SOURCE.ownerOf(slot);
    RedisServer to = next(slot);
    RunningLinks.Setup setup = setup();
    try (RespClient before = from.client();
        RespClient after = to.client()) {
      before.call("SET", "{e}key", "x");
      try (RunningLinks links = setup.start()) {
        links.awaitCaughtUp();
        SOURCE.beginMove(slot, to);
        links.await("the move is seen", all -> links.hasSaid("slots move at the source"));
        SOURCE.moveKeys(slot, to, 1);
        long moved = from.replOffset();
        int link = SOURCE.masters().indexOf(from);
        links.await("left out", all -> all.get(link).appliedOffset() >= moved);
        links.crash();
      }
      assertThat(TARGET.keys()).isGreaterThan(0);
      asking(after, "DEL", "{e}key");
      before.call("CLUSTER", "SETSLOT", Integer.toString(slot), "STABLE");
      after.call("CLUSTER", "SETSLOT", Integer.toString(slot), "STABLE");
      try (RunningLinks links = setup.start()) {
        links.awaitCaughtUp();
        links.awaitCaughtUp().finishWell();
        assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
      }
    }
  }

  /** Some leave before the copy has come to them, some behind it; and the agent is killed. */
  @Test
  void areLivedThroughDuringTheFirstCopy() {
    RunningLinks.Setup setup = setup();
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 15)) {
      writes.fill("key", 1_500, 1_000);
      writes.start();
      setup.limits = new LimitSpec(200_000, 0);
      RunningLinks killed = inTheMiddle(setup);
      move(0, 4);
      killed.await("keys", all -> all.stream().anyMatch(link -> link.keysApplied() > 100));
      killed.crash();
      try (RunningLinks links = inTheMiddle(setup)) {
        move(4, 9);
        // The maps are looked at once a second.
        Awaitility.await()
            .during(Duration.ofMillis(1_200))
            .until(() -> links.links().outcome().isEmpty());
        assertThat(links.statuses()).extracting(LinkStatus::phase).contains(Phase.FULL_SYNC);
        links.links().direct(Desired.RUN, LimitSpec.none());
        links.awaitSlotsFetched();
        writes.stop();
        links.awaitCaughtUp().finishWell();
        assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
      }
    }
  }

  /** No stream puts right what a copy alone has missed. */
  @Test
  void endACopyThatHasNoStreamBehindIt() {
    RunningLinks.Setup setup = setup();
    setup.mode = SyncMode.FULL_ONLY;
    int slot = ClusterServers.slot("{f}");
    for (RedisServer master : SOURCE.masters()) {
      master.config("rdb-key-save-delay", "1000000");
    }
    try (RespClient from = SOURCE.ownerOf(slot).client()) {
      for (int i = 0; i < 4; i++) {
        from.call("SET", "{f}" + i, "x");
      }
      try (RunningLinks links = setup.start()) {
        links.await("a snapshot", all -> links.hasSaid("phase FULL_SYNC_WAITING"));
        SOURCE.moveSlot(slot, next(slot));
        assertThat(links.end().fault().code()).isEqualTo(FaultCode.SOURCE_RESHARDED);
      }
    } finally {
      for (RedisServer master : SOURCE.masters()) {
        master.config("rdb-key-save-delay", "0");
      }
    }
  }

  @Test
  void areFetchedUnderTheNamesAndInTheDatabaseOfTheTarget() {
    int slot = ClusterServers.slot("{n}");
    RedisServer from = SOURCE.ownerOf(slot);
    RedisServer to = next(slot);
    RunningLinks.Setup setup = setup();
    setup.filter =
        new FilterSpec(
            List.of(0),
            null,
            Map.of(0, 3),
            List.of("a{n}*", "b{n}*"),
            null,
            null,
            List.of("hash"),
            null,
            List.of(new KeyRename("a{n}", "z:")),
            false);
    try (RunningLinks links = setup.start();
        RespClient before = from.client();
        RespClient after = to.client();
        RespClient target = TARGET.client()) {
      before.call("RPUSH", "a{n}list", "a");
      before.call("SET", "a{n}goes", "x");
      before.call("SET", "a{n}type", "x");
      before.call("SET", "b{n}stays", "x");
      before.call("SET", "{n}is not moved", "x");
      links.awaitCaughtUp();
      SOURCE.beginMove(slot, to);
      SOURCE.moveKeys(slot, to, 100);
      asking(after, "RPUSH", "a{n}list", "b");
      asking(after, "DEL", "a{n}goes", "a{n}type");
      asking(after, "HSET", "a{n}type", "f", "v");
      SOURCE.endMove(slot, to);
      links.awaitSlotsFetched();
      after.call("RPUSH", "a{n}list", "c");
      links.awaitCaughtUp().finishWell();
      target.call("SELECT", "3");
      assertThat(target.list("KEYS", "*")).containsExactlyInAnyOrder("z:list", "b{n}stays");
      assertThat(target.call("LRANGE", "z:list", "0", "-1")).isEqualTo(List.of("a", "b", "c"));
      assertThat(TARGET.keys()).isEqualTo(2);
    }
  }

  /** Every link has written a piece of what it copies; the next one goes many seconds later. */
  private static RunningLinks inTheMiddle(RunningLinks.Setup setup) {
    RunningLinks links =
        setup
            .start()
            .await("keys of each", all -> all.stream().allMatch(link -> link.keysApplied() > 0));
    links.links().direct(Desired.RUN, new LimitSpec(30_000, 0));
    return links;
  }

  private static void move(int fromTag, int toTag) {
    for (int tag = fromTag; tag < toTag; tag++) {
      int slot = ClusterServers.slot("{t" + tag + "}");
      SOURCE.moveSlot(slot, next(slot));
    }
  }

  private static RunningLinks.Setup setup() {
    return RunningLinks.between(SOURCE, TARGET);
  }

  private static RedisServer next(int slot) {
    List<RedisServer> masters = new ArrayList<>(SOURCE.masters());
    return masters.get((masters.indexOf(SOURCE.ownerOf(slot)) + 1) % masters.size());
  }

  /** Of another slot that it has. */
  private static String keyOf(RedisServer owner, int not) {
    int tag = 0;
    while (ClusterServers.slot("{" + tag + "}") == not
        || SOURCE.ownerOf(ClusterServers.slot("{" + tag + "}")) != owner) {
      tag++;
    }
    return "{" + tag + "}";
  }

  private static void asking(RespClient client, String... words) {
    client.pipeline(List.of(new String[] {"ASKING"}, words));
  }
}
