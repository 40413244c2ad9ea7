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
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
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
      // A piece of each snapshot goes at once, the next one seconds later.
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
      master.config("rdb-key-save-delay", "150000");
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

  /** Each master has just the slots then that another link has had. */
  @Test
  void areFollowedWhereTwoMastersHaveExchangedAllOfThemMeanwhile() {
    RunningLinks.Setup setup = setup();
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 12)) {
      writes.fill("key", 200, 4);
      setup.start().awaitCaughtUp().stop();
      exchange(SOURCE.masters().get(0), SOURCE.masters().get(1));
      writes.delete("key", 100);
      writes.fill("more", 200, 4);
      setup.startMode = StartMode.MUST_RESUME;
      try (RunningLinks links = setup.start()) {
        links.awaitCaughtUp();
        links.awaitCaughtUp().finishWell();
        assertThat(links.said()).noneMatch(line -> line.contains("phase FULL_SYNC"));
      }
    }
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
  }

  /** It has the words of the other's link too, and none of its history. */
  @Test
  void areFollowedToOneThatHadNoneAndHasAllOfAnotherMeanwhile() {
    int slot = ClusterServers.slot("{o}");
    try (ClusterServers source = new ClusterServers(ServerVersion.V6_2, 2).start()) {
      RedisServer former = source.join();
      RedisServer latter = source.join();
      source.moveSlot(slot, former);
      RunningLinks.Setup setup = RunningLinks.between(source, TARGET);
      call(former, "MSET", "{o}stays", "x", "{o}removed", "x");
      setup.start().awaitCaughtUp().stop();
      source.beginMove(slot, latter);
      source.moveKeys(slot, latter, 10);
      // Told so first, and not by the other, it stays a master.
      call(former, "CLUSTER", "SETSLOT", Integer.toString(slot), "NODE", source.id(latter));
      source.endMove(slot, latter);
      call(latter, "DEL", "{o}removed");
      setup.startMode = StartMode.MUST_RESUME;
      try (RunningLinks links = setup.start()) {
        links.awaitCaughtUp().finishWell();
        assertThat(links.said().stream().filter(line -> line.endsWith("phase FULL_SYNC")))
            .hasSize(1);
      }
      assertThat(DatasetComparer.compare(source, TARGET)).isEmpty();
    }
  }

  /** The rest of the links go on from where they are; only what joined is copied. */
  @Test
  @EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
  void areFollowedToANodeThatJoinsAndBackFromOneThatIsDrained() {
    try (ClusterServers source = new ClusterServers(ServerVersion.V7_0, 2).start();
        ClusterWrites writes = new ClusterWrites(source, 12)) {
      writes.fill("key", 500, 20);
      writes.start();
      try (RunningLinks links = RunningLinks.between(source, TARGET).start()) {
        links.awaitApplied(10_000);
        RedisServer joined = source.join();
        List<Integer> slots = new ArrayList<>();
        for (int tag = 0; tag < 5; tag++) {
          slots.add(ClusterServers.slot("{t" + tag + "}"));
        }
        slots.forEach(slot -> source.moveSlot(slot, joined));
        links.await("a third link", all -> all.size() == 3);
        links.awaitApplied(5_000);
        RedisServer first = source.nodes().get(0);
        slots.forEach(slot -> source.moveSlot(slot, first));
        links.await("two links", all -> all.size() == 2);
        links.awaitApplied(5_000);
        writes.stop();
        links.awaitPhase(Phase.INCREMENTAL);
        assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
        assertThat(links.said().stream().filter(line -> line.contains("phase FULL_SYNC")))
            .as("%s", links.said())
            .noneMatch(line -> line.startsWith("3"));
        assertThat(DatasetComparer.compare(source, TARGET)).isEmpty();
      }
    }
  }

  /** Every link has written some of what it copies. */
  private static RunningLinks inTheMiddle(RunningLinks.Setup setup) {
    return setup
        .start()
        .await("keys of each", all -> all.stream().allMatch(link -> link.keysApplied() > 0));
  }

  /** Who gave its last slot away would become a replica of the other. */
  private static void exchange(RedisServer one, RedisServer other) {
    List<RedisServer> owners = List.of(SOURCE.owners());
    List<Integer> ofOne = new ArrayList<>();
    List<Integer> ofOther = new ArrayList<>();
    for (int slot = 0; slot < ClusterServers.SLOTS; slot++) {
      if (owners.get(slot) == one) {
        ofOne.add(slot);
      } else if (owners.get(slot) == other) {
        ofOther.add(slot);
      }
    }
    int last = ofOne.remove(0);
    give(ofOne, one, other);
    give(ofOther, other, one);
    SOURCE.moveSlot(last, other);
  }

  /** Slots with keys one by one, the others at once. */
  private static void give(List<Integer> slots, RedisServer from, RedisServer to) {
    List<String[]> nodes = new ArrayList<>();
    try (RespClient client = from.client()) {
      for (int slot : slots) {
        if (client.number("CLUSTER", "COUNTKEYSINSLOT", Integer.toString(slot)) > 0) {
          SOURCE.moveSlot(slot, to);
        } else {
          nodes.add(
              new String[] {"CLUSTER", "SETSLOT", Integer.toString(slot), "NODE", SOURCE.id(to)});
        }
      }
    }
    to.pipeline(nodes);
    to.pipeline(List.<String[]>of(new String[] {"CLUSTER", "BUMPEPOCH"}));
    from.pipeline(nodes);
    SOURCE.awaitAgreement();
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

  private static void call(RedisServer server, String... words) {
    try (RespClient client = server.client()) {
      client.call(words);
    }
  }

  private static void asking(RespClient client, String... words) {
    client.pipeline(List.of(new String[] {"ASKING"}, words));
  }
}
