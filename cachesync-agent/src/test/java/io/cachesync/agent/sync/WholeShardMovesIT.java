package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All slots of a shard that go to another master, and the link that follows them. */
class WholeShardMovesIT {
  @RegisterExtension
  static final ClusterServers SOURCE =
      new ClusterServers(ServerVersion.V7_0, 3).option("repl-backlog-size", "64mb");

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
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

  private static RunningLinks.Setup setup() {
    return RunningLinks.between(SOURCE, TARGET);
  }

  private static void call(RedisServer server, String... words) {
    try (RespClient client = server.client()) {
      client.call(words);
    }
  }
}
