package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A master of the source whose slots all go elsewhere, where the target has keys of its own: what
 * it has not sent by then nobody hears any more.
 */
class DrainedShardsIT {
  @RegisterExtension static final RedisServer SERVER = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 2);

  private static final String KNOWN = "are written down";

  private final int slot = ClusterServers.slot("{o}");

  @BeforeEach
  void empty() {
    SERVER.flush();
    TARGET.flush();
    CLUSTER.flush();
  }

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V6_2", "V7_0"})
  void areLivedThroughUnderWrites(ServerVersion version) {
    try (ClusterServers source = written(version).start();
        ClusterWrites writes = new ClusterWrites(source, 21);
        RespClient target = TARGET.client()) {
      RedisServer drained = joined(source);
      RedisServer other = source.nodes().get(0);
      RunningLinks.Setup setup = beside(source, target, "{o}foreign", "{t1}foreign");
      try (RespClient before = drained.client()) {
        before.call("MSET", "{o}stays", "x", "{o}removed", "x", "{o}removed late", "x");
      }
      writes.start();
      try (RunningLinks links = setup.start()) {
        links.awaitApplied(2_000);
        move(source, 0, 4, other);
        links.await("its keys are known", all -> links.hasSaid(KNOWN));
        try (RespClient before = drained.client()) {
          before.call("DEL", "{o}removed");
        }
        move(source, 4, 6, other);
        source.moveSlot(slot, other);
        try (RespClient after = other.client()) {
          after.call("DEL", "{o}removed late");
        }
        links.await("two links", all -> all.size() == 2);
        links.awaitApplied(2_000);
        links.crash();
      }
      setup.startMode = StartMode.MUST_RESUME;
      try (RunningLinks links = setup.start()) {
        links.awaitApplied(2_000);
        writes.stop();
        links.awaitCaughtUp().finishWell();
        assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
      }
      assertThat(target.call("DEL", "{o}foreign", "{t1}foreign")).isEqualTo(2L);
      assertThat(DatasetComparer.compare(source, TARGET)).isEmpty();
    }
  }

  /** What commands that are left out would have removed stays, but for keys of these slots. */
  @Test
  void areLivedThroughIntoAClusterWhereCommandsAreLeftOutAndTheAgentIsKilled() {
    try (ClusterServers source = new ClusterServers(ServerVersion.V7_0, 2).start();
        RespClient target = CLUSTER.ownerOf(slot).client()) {
      RedisServer drained = joined(source);
      RedisServer other = source.nodes().get(0);
      RunningLinks.Setup setup = RunningLinks.between(source, CLUSTER);
      setup.filter =
          new FilterSpec(null, null, null, null, null, null, null, List.of("UNLINK"), null, false);
      try (RunningLinks links = setup.start();
          RespClient before = drained.client()) {
        links.awaitCaughtUp();
        before.call(
            "MSET", "{o}kept", "x", "{o}stays", "x", "{o}removed", "x", "{o}removed late", "x");
        before.call("UNLINK", "{o}kept");
        links.awaitCaughtUp();
        move(source, 0, 4, other);
        links.await("its keys are known", all -> links.hasSaid(KNOWN));
        // What the list is of is read to its end by who knows it from the checkpoint only.
        links.awaitWritten();
        List<LinkStatus> told = links.statuses();
        links.await("acknowledged", all -> told.stream().allMatch(DrainedShardsIT::isAcknowledged));
        before.call("DEL", "{o}removed");
        links.crash();
      }
      move(source, 4, 6, other);
      // Nobody looks, and the master becomes a replica.
      source.moveSlot(slot, other);
      try (RespClient after = other.client()) {
        after.call("DEL", "{o}removed late");
        setup.startMode = StartMode.MUST_RESUME;
        for (String said : List.of("slots have moved at the source", "were fetched again: ")) {
          crashWhereItSays(setup, said);
        }
        try (RunningLinks links = setup.start()) {
          after.call("SET", "{o}later", "x");
          links.awaitCaughtUp().finishWell();
          assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
        }
      }
      assertThat(target.call("DEL", "{o}kept")).isEqualTo(1L);
      assertThat(DatasetComparer.compare(source, CLUSTER)).isEmpty();
    }
  }

  /** What another source has in these slots, only the target tells, and it is not asked. */
  @Test
  void areLivedThroughWhereThereAreSeveralSources() {
    try (ClusterServers source = written(ServerVersion.V7_0).start();
        ClusterWrites writes = new ClusterWrites(source, 22);
        RespClient server = SERVER.client()) {
      RedisServer drained = joined(source);
      RedisServer other = source.nodes().get(0);
      Supplier<List<RedisServer>> masters =
          () -> Stream.concat(source.masters().stream(), Stream.of(SERVER)).toList();
      RunningLinks.Setup setup =
          RunningLinks.between(
              masters,
              List.of(
                  RunningLink.endpoint(SERVER.address()),
                  new RedisEndpoint(Topology.CLUSTER, source.addresses(), "", null)),
              RunningLink.endpoint(TARGET.address()));
      server.call("SET", "{o}of the server", "x");
      try (RespClient before = drained.client()) {
        before.call("MSET", "{o}stays", "x", "{o}removed", "x", "{o}removed late", "x");
      }
      writes.start();
      try (RunningLinks links = setup.start()) {
        links.awaitPhase(Phase.INCREMENTAL);
        move(source, 0, 4, other);
        links.await("its keys are known", all -> links.hasSaid(KNOWN));
        try (RespClient before = drained.client()) {
          before.call("DEL", "{o}removed");
        }
        move(source, 4, 6, other);
        source.moveSlot(slot, other);
        try (RespClient after = other.client()) {
          after.call("DEL", "{o}removed late");
        }
        server.call("APPEND", "{o}of the server", "y");
        links.await("three links", all -> all.size() == 3);
        writes.stop();
        links.awaitCaughtUp().finishWell();
      }
      assertThat(DatasetComparer.compareUnion(masters.get(), TARGET)).isEmpty();
    }
  }

  /** With one of two half of them has gone, and with the next the master. */
  @Test
  void areLivedThroughWhereTheyHaveTwoThatGoOneAfterTheOther() {
    try (ClusterServers source = new ClusterServers(ServerVersion.V7_0, 2).start();
        RespClient target = TARGET.client()) {
      RedisServer drained = source.join();
      RedisServer other = source.nodes().get(0);
      source.moveSlot(ClusterServers.slot("{t0}"), drained);
      source.moveSlot(slot, drained);
      RunningLinks.Setup setup = beside(source, target, "{o}foreign");
      try (RunningLinks links = setup.start();
          RespClient before = drained.client()) {
        before.call("MSET", "{o}stays", "x", "{o}removed", "x");
        links.awaitCaughtUp();
        source.moveSlot(ClusterServers.slot("{t0}"), other);
        links.await("its keys are known", all -> links.hasSaid(KNOWN));
        before.call("DEL", "{o}removed");
        source.moveSlot(slot, other);
        links.await("two links", all -> all.size() == 2);
        links.awaitCaughtUp().finishWell();
      }
      assertThat(target.call("DEL", "{o}foreign")).isEqualTo(1L);
      assertThat(DatasetComparer.compare(source, TARGET)).isEmpty();
    }
  }

  /** Of these the one whose master is gone has nothing to say, and is not to begin with it. */
  @Test
  void areLivedThroughWhereSlotsOfOthersMoveBehindThem() {
    try (ClusterServers source = new ClusterServers(ServerVersion.V7_0, 2).start();
        RespClient target = TARGET.client()) {
      RedisServer drained = joined(source);
      RedisServer other = source.nodes().get(0);
      RedisServer third = source.nodes().get(1);
      int free = freeSlot(source, other);
      RunningLinks.Setup setup = beside(source, target, "{o}foreign");
      try (RunningLinks links = setup.start();
          RespClient before = drained.client()) {
        before.call("MSET", "{o}stays", "x", "{o}removed", "x");
        links.awaitCaughtUp();
        move(source, 0, 4, other);
        links.await("its keys are known", all -> links.hasSaid(KNOWN));
        links.awaitWritten();
        before.call("DEL", "{o}removed");
        move(source, 4, 6, other);
        // It stays open, so that nothing is over.
        source.beginMove(free, third);
        source.moveSlot(slot, other);
        links.await("seen", all -> links.hasSaid("slots move at the source: " + free));
        long said = times(links, "; trying again in");
        links.await("tried again", all -> times(links, "; trying again in") > said + 2);
        links.crash();
      }
      source.moveSlot(free, third);
      setup.startMode = StartMode.MUST_RESUME;
      try (RunningLinks links = setup.start()) {
        links.awaitCaughtUp().finishWell();
        assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
      }
      assertThat(target.call("DEL", "{o}foreign")).isEqualTo(1L);
      assertThat(DatasetComparer.compare(source, TARGET)).isEmpty();
    }
  }

  private static int freeSlot(ClusterServers source, RedisServer owner) {
    return Arrays.asList(source.owners()).indexOf(owner);
  }

  /** Whether all masters of the target tell that what had been received then is applied. */
  private static boolean isAcknowledged(LinkStatus then) {
    for (RedisServer master : CLUSTER.masters()) {
      try (RespClient client = master.client()) {
        for (Object key : client.list("KEYS", "cachesync:node:*")) {
          Object text = client.call("HGET", key.toString(), "w" + then.link());
          boolean is = text != null && !text.toString().isEmpty();
          if (is && Checkpoint.parse(text.toString()).offset() < then.receivedOffset()) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /** Whoever says it waits until all are ended, so that nothing more is done. */
  private static void crashWhereItSays(RunningLinks.Setup setup, String said) {
    CountDownLatch ended = new CountDownLatch(1);
    setup.onSaid =
        line -> {
          if (line.contains(said)) {
            awaitUninterrupted(ended);
          }
        };
    RunningLinks links = setup.start();
    links.await(said, all -> links.hasSaid(said));
    links.links().crash();
    ended.countDown();
    links.end();
    setup.onSaid = line -> {};
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long times(RunningLinks links, String part) {
    return links.said().stream().filter(line -> line.contains(part)).count();
  }

  /** Nobody has looked, and the stream is gone. */
  @Test
  void endTheTaskWhereNobodyKnowsWhichKeysTheyHad() {
    try (ClusterServers source = new ClusterServers(ServerVersion.V7_0, 2).start();
        RespClient target = TARGET.client()) {
      RedisServer drained = joined(source);
      RedisServer other = source.nodes().get(0);
      RunningLinks.Setup setup = beside(source, target, "{o}foreign");
      try (RunningLinks links = setup.start();
          RespClient before = drained.client()) {
        before.call("SET", "{o}key", "x");
        links.awaitCaughtUp();
        links.crash();
        before.call("DEL", "{o}key");
      }
      move(source, 0, 6, other);
      source.moveSlot(slot, other);
      try (RunningLinks links = setup.start()) {
        LinkOutcome end = links.end();
        assertThat(end.fault().code()).isEqualTo(FaultCode.TASK_CHANGED);
        assertThat(end.fault().message()).contains("whose master has no slots any more");
      }
      assertThat(target.call("GET", "{o}foreign")).isEqualTo("stays");
    }
  }

  /** A cluster that is doubled gives away half of what each master has. */
  @Test
  void areNotTakenForDrainedWhereHalfOfTheirSlotsGo() {
    try (ClusterServers source = new ClusterServers(ServerVersion.V7_0, 2).start();
        RespClient target = TARGET.client()) {
      RedisServer half = source.join();
      move(source, 0, 6, half);
      RedisServer other = source.nodes().get(0);
      RunningLinks.Setup setup = beside(source, target, "{t1}foreign");
      try (RunningLinks links = setup.start();
          RespClient before = half.client()) {
        before.call("MSET", "{t5}a", "x", "{t5}b", "x");
        links.awaitCaughtUp();
        move(source, 0, 3, other);
        links.await("fetched", all -> links.hasSaid("were fetched again: "));
        links.awaitCaughtUp().finishWell();
        assertThat(links.hasSaid(KNOWN)).isFalse();
      }
      assertThat(target.call("DEL", "{t1}foreign")).isEqualTo(1L);
      assertThat(DatasetComparer.compare(source, TARGET)).isEmpty();
    }
  }

  /** Memory for each of their keys, here and at the target, is what a task is not to need. */
  @Test
  void areNotLookedIntoWhereTheyHaveTooManyKeys() {
    try (ClusterServers source = new ClusterServers(ServerVersion.V7_0, 2).start();
        RespClient target = TARGET.client()) {
      RedisServer drained = joined(source);
      RedisServer other = source.nodes().get(0);
      RunningLinks.Setup setup = beside(source, target, "{o}foreign");
      try (RespClient before = drained.client()) {
        for (int i = 0; i <= SlotListing.MOST_KEYS / 1000; i++) {
          List<String> words = new ArrayList<>(List.of("MSET"));
          for (int key = 0; key < 1000; key++) {
            words.addAll(List.of("{o}" + i + "-" + key, "x"));
          }
          before.call(words.toArray(String[]::new));
        }
        try (RunningLinks links = setup.start()) {
          links.awaitCaughtUp();
          move(source, 0, 4, other);
          links.await("fetched", all -> links.hasSaid("were fetched again: "));
          assertThat(links.hasSaid(KNOWN)).isFalse();
          links.awaitCaughtUp().finishWell();
        }
      }
      assertThat(target.call("DEL", "{o}foreign")).isEqualTo(1L);
      assertThat(DatasetComparer.compare(source, TARGET)).isEmpty();
    }
  }

  /** What has gone by the time that the task looks again nobody can be asked for any more. */
  @Test
  void endTheTaskWhereTheyWentBeforeTheirKeysWereWrittenDown() {
    try (ClusterServers source = new ClusterServers(ServerVersion.V7_0, 2).start();
        RespClient target = TARGET.client()) {
      RedisServer drained = joined(source);
      RedisServer other = source.nodes().get(0);
      RunningLinks.Setup setup = beside(source, target, "{o}foreign");
      try (RunningLinks links = setup.start();
          RespClient before = drained.client()) {
        before.call("SET", "{o}key", "x");
        links.awaitCaughtUp();
        links.direct(Desired.PAUSE);
        links.await("all are paused", all -> all.stream().allMatch(DrainedShardsIT::isPaused));
        move(source, 0, 6, other);
        source.moveSlot(slot, other);
        links.direct(Desired.RUN);
        LinkOutcome end = links.end();
        assertThat(end.fault().code()).isEqualTo(FaultCode.SOURCE_RESHARDED);
        assertThat(end.fault().message()).contains("went before it was written down which keys");
      }
      assertThat(target.call("GET", "{o}foreign")).isEqualTo("stays");
    }
  }

  /** Written to all the time, also while nobody follows it for a while. */
  private static ClusterServers written(ServerVersion version) {
    return new ClusterServers(version, 2).option("repl-backlog-size", "64mb");
  }

  /** Into a target that has keys of its own, which stay. */
  private static RunningLinks.Setup beside(
      ClusterServers source, RespClient target, String... foreign) {
    RunningLinks.Setup setup = RunningLinks.between(source, TARGET);
    setup.onExists = ConflictPolicy.REPLACE;
    for (String key : foreign) {
      target.call("SET", key, "stays");
    }
    return setup;
  }

  /** Six slots of tags that are written to, and one that is not. */
  private RedisServer joined(ClusterServers source) {
    RedisServer joined = source.join();
    move(source, 0, 6, joined);
    source.moveSlot(slot, joined);
    return joined;
  }

  private static void move(ClusterServers source, int fromTag, int toTag, RedisServer to) {
    for (int tag = fromTag; tag < toTag; tag++) {
      source.moveSlot(ClusterServers.slot("{t" + tag + "}"), to);
    }
  }

  private static boolean isPaused(LinkStatus link) {
    return link.phase() == Phase.PAUSED;
  }
}
