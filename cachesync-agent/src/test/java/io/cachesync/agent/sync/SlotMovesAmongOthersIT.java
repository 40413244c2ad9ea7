package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Desired;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Slots that move at the source, where the target has keys of its own in them. */
class SlotMovesAmongOthersIT {
  @RegisterExtension static final ClusterServers SOURCE = new ClusterServers(ServerVersion.V7_0, 3);

  @RegisterExtension static final RedisServer SERVER = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 2);

  private final int slot = ClusterServers.slot("{o}");

  @BeforeEach
  void empty() {
    SOURCE.flush();
    SERVER.flush();
    TARGET.flush();
    CLUSTER.flush();
  }

  /** Whether a key goes that only the target has, hangs on whether the source ever had it. */
  @ParameterizedTest
  @EnumSource(
      value = ConflictPolicy.class,
      names = {"REPLACE", "SKIP", "FAIL"})
  void removeWhatTheSourceRemovedAndNothingElse(ConflictPolicy policy) {
    RedisServer from = SOURCE.ownerOf(slot);
    RedisServer to = next();
    boolean exists = policy != ConflictPolicy.FAIL;
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    setup.onExists = policy;
    try (RespClient before = from.client();
        RespClient after = to.client();
        RespClient target = TARGET.client()) {
      target.call("SET", "{o}foreign", "stays");
      if (exists) {
        target.call("SET", "{o}both", "of the target");
        before.call("SET", "{o}both", "of the source");
      }
      before.call("RPUSH", "{o}list", "a");
      before.call("MSET", "{o}removed", "x", "{o}removed early", "x", "{o}stays", "x");
      try (RunningLinks links = setup.start()) {
        links.awaitCaughtUp();
        SOURCE.beginMove(slot, to);
        links.await("the move is seen", all -> links.hasSaid("slots move at the source"));
        before.call("DEL", "{o}removed early");
        SOURCE.moveKeys(slot, to, 100);
        asking(after, "RPUSH", "{o}list", "b");
        asking(after, "DEL", "{o}removed");
        asking(after, "SET", "{o}both", "again");
        SOURCE.endMove(slot, to);
        links.awaitSlotsFetched();
        after.call("RPUSH", "{o}list", "c");
        after.call("APPEND", "{o}both", "!");
        links.finishWell();
      }
      assertThat(target.call("GET", "{o}foreign")).isEqualTo("stays");
      if (policy == ConflictPolicy.SKIP) {
        assertThat(target.call("GET", "{o}both")).isEqualTo("of the target");
        after.call("DEL", "{o}both");
        target.call("DEL", "{o}both");
      }
      target.call("DEL", "{o}foreign");
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    }
  }

  /** What was left out is missing at the target still, but for keys that the source has. */
  @Test
  void keepWhatCommandsWouldHaveRemovedThatAreLeftOut() {
    RedisServer from = SOURCE.ownerOf(slot);
    RedisServer to = next();
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    setup.filter =
        new FilterSpec(null, null, null, null, null, null, null, List.of("UNLINK"), null, false);
    try (RespClient before = from.client();
        RespClient after = to.client();
        RespClient target = TARGET.client()) {
      before.call("RPUSH", "{o}list", "a");
      before.call(
          "MSET", "{o}kept", "x", "{o}kept late", "x", "{o}removed", "x", "{o}removed early", "x");
      try (RunningLinks links = setup.start()) {
        links.awaitCaughtUp();
        before.call("UNLINK", "{o}kept");
        SOURCE.beginMove(slot, to);
        links.await("the move is seen", all -> links.hasSaid("slots move at the source"));
        before.call("UNLINK", "{o}kept late");
        before.call("DEL", "{o}removed early");
        SOURCE.moveKeys(slot, to, 100);
        asking(after, "RPUSH", "{o}list", "b");
        asking(after, "DEL", "{o}removed");
        SOURCE.endMove(slot, to);
        links.awaitSlotsFetched();
        after.call("RPUSH", "{o}list", "c");
        links.awaitCaughtUp();
        links.stop();
      }
      // Nobody looks.
      after.call("DEL", "{o}list");
      SOURCE.moveSlot(slot, from);
      try (RunningLinks links = setup.start()) {
        links.await("fetched", all -> links.hasSaid("slots that moved at the source were fetched"));
        before.call("SET", "{o}later", "x");
        links.finishWell();
        assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
      }
      assertThat(target.call("DEL", "{o}kept", "{o}kept late")).isEqualTo(2L);
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    }
  }

  /** The master that joins has other keys to copy than those that the target must keep. */
  @ParameterizedTest
  @EnumSource(
      value = ConflictPolicy.class,
      names = {"REFUSE", "REPLACE"})
  void areFollowedToAMasterThatJoinsWhereCommandsAreLeftOut(ConflictPolicy policy) {
    try (ClusterServers source = new ClusterServers(ServerVersion.V7_0, 2).start();
        RespClient before = source.ownerOf(slot).client();
        RespClient target = TARGET.client()) {
      RunningLinks.Setup setup = RunningLinks.between(source, TARGET);
      setup.onExists = policy;
      setup.filter =
          new FilterSpec(null, null, null, null, null, null, null, List.of("UNLINK"), null, false);
      before.call("RPUSH", "{o}list", "a");
      before.call(
          "MSET", "{o}kept", "x", "{o}kept late", "x", "{o}removed", "x", "{o}removed early", "x");
      RedisServer joined;
      try (RunningLinks links = setup.start()) {
        links.awaitCaughtUp();
        before.call("UNLINK", "{o}kept");
        joined = source.join();
        source.beginMove(slot, joined);
        links.await("the move is seen", all -> links.hasSaid("slots move at the source"));
        before.call("UNLINK", "{o}kept late");
        before.call("DEL", "{o}removed early");
        source.moveKeys(slot, joined, 100);
        try (RespClient after = joined.client()) {
          asking(after, "RPUSH", "{o}list", "b");
          asking(after, "DEL", "{o}removed");
          source.endMove(slot, joined);
          links.await("a third link", all -> all.size() == 3);
          links.awaitCaughtUp();
          after.call("RPUSH", "{o}list", "c");
          links.awaitCaughtUp();
          links.crash();
          after.call("RPUSH", "{o}list", "d");
        }
      }
      setup.startMode = StartMode.MUST_RESUME;
      try (RunningLinks links = setup.start().awaitCaughtUp()) {
        links.finishWell();
        assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
      }
      assertThat(target.call("DEL", "{o}kept", "{o}kept late")).isEqualTo(2L);
      assertThat(DatasetComparer.compare(source, TARGET)).isEmpty();
    }
  }

  /** A key that goes between the checkpoint and the fetch is told of by the stream alone. */
  @Test
  void areGivenUpWithoutLeavingWhatTheSourceRemovedMeanwhile() {
    RedisServer from = SOURCE.ownerOf(slot);
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    setup.onExists = ConflictPolicy.REPLACE;
    AtomicBoolean ends = new AtomicBoolean();
    try (RespClient before = from.client();
        RespClient target = TARGET.client()) {
      target.call("SET", "{o}foreign", "stays");
      before.call("MSET", "{o}goes", "x", "{o}stays", "x");
      setup.onSaid = whereOneGoesOn(ends, () -> before.call("DEL", "{o}goes"));
      try (RunningLinks links = setup.start()) {
        links.awaitCaughtUp();
        SOURCE.beginMove(slot, next());
        links.await("the move is seen", all -> links.hasSaid("slots move at the source"));
        ends.set(true);
        SOURCE.close(slot);
        links.awaitSlotsFetched();
        assertThat(before.call("EXISTS", "{o}goes")).isEqualTo(0L);
        links.finishWell();
      }
      assertThat(target.call("DEL", "{o}foreign")).isEqualTo(1L);
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    }
  }

  /** A key that the source may not be asked for is one that nobody knows to be gone. */
  @Test
  void areGivenUpWithoutRemovingWhatTheSourceRefusesToTell() {
    RedisServer from = SOURCE.ownerOf(slot);
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    setup.onExists = ConflictPolicy.REPLACE;
    AtomicBoolean ends = new AtomicBoolean();
    try (RespClient before = from.client();
        RespClient target = TARGET.client()) {
      target.call("SET", "{o}foreign", "stays");
      before.call("MSET", "{o}changes", "x", "{o}stays", "x");
      setup.onSaid = whereOneGoesOn(ends, () -> before.call("SET", "{o}changes", "y"));
      try (RunningLinks links = setup.start()) {
        links.awaitCaughtUp();
        SOURCE.beginMove(slot, next());
        links.await("the move is seen", all -> links.hasSaid("slots move at the source"));
        before.call("ACL", "SETUSER", "default", "-dump");
        ends.set(true);
        SOURCE.close(slot);
        links.await("fetched", all -> links.hasSaid("were fetched again: "));
        links.awaitCaughtUp();
        before.call("SET", "{o}later", "x");
        links.awaitCaughtUp();
        assertThat(target.list("MGET", "{o}changes", "{o}stays", "{o}later", "{o}foreign"))
            .doesNotContainNull();
        assertThat(links.statuses())
            .allSatisfy(link -> assertThat(link.ledger().balanced()).as("%s", link).isTrue())
            .anySatisfy(
                link ->
                    assertThat(link.deadLetters())
                        .anyMatch(letter -> letter.key().equals("{o}changes")));
      } finally {
        before.call("ACL", "SETUSER", "default", "+dump");
      }
    }
  }

  /** A link that is through reads nothing more of what comes to its shard then. */
  @Test
  void areLivedThroughWhereTheirNewOwnersLinkWaitsForTheOthersToFinish() {
    RedisServer from = SOURCE.ownerOf(slot);
    RedisServer to = next();
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, TARGET);
    setup.onExists = ConflictPolicy.REPLACE;
    try (RespClient before = from.client();
        RespClient after = to.client();
        RespClient target = TARGET.client()) {
      target.call("SET", "{o}foreign", "stays");
      before.call("MSET", "{o}goes", "x", "{o}stays", "x");
      setup.limits = new LimitSpec(150_000, 0);
      try (RunningLinks links = setup.start()) {
        links.awaitCaughtUp();
        String value = "x".repeat(10_000);
        for (int i = 0; i < 100; i++) {
          before.call("SET", "{o}large:" + i, value);
        }
        links.direct(Desired.FINISH);
        links.await(
            "the others are through",
            all ->
                links.said().stream().filter(line -> line.endsWith("waits for the others")).count()
                    == 2);
        SOURCE.moveSlot(slot, to);
        after.call("DEL", "{o}goes");
        links.await("the move is seen", all -> links.hasSaid("slots move at the source"));
        links.links().direct(Desired.FINISH, LimitSpec.none());
        assertThat(links.end().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
      }
      assertThat(target.call("DEL", "{o}foreign")).isEqualTo(1L);
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    }
  }

  /** What the old owner's stream still has to tell is read before the slot is fetched. */
  @Test
  void areFetchedOnlyWhenAllLinksHaveReadWhatCameBefore() {
    RedisServer from = SOURCE.ownerOf(slot);
    RedisServer to = next();
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, CLUSTER);
    setup.onExists = ConflictPolicy.REPLACE;
    try (RespClient before = from.client();
        RespClient after = to.client();
        RespClient target = CLUSTER.ownerOf(slot).client()) {
      target.call("SET", "{o}foreign", "stays");
      before.call("MSET", "{o}goes", "x", "{o}goes later", "x", "{o}stays", "x");
      try (RunningLinks links = setup.start()) {
        links.awaitCaughtUp();
        links.crash();
      }
      // Nobody looks: one goes before the move, one behind it.
      before.call("DEL", "{o}goes");
      SOURCE.moveSlot(slot, to);
      after.call("DEL", "{o}goes later");
      for (int kill = 0; kill < 2; kill++) {
        RunningLinks links = setup.start();
        links.await("held", all -> links.hasSaid("slots have moved at the source"));
        links.crash();
      }
      try (RunningLinks links = setup.start()) {
        links.awaitSlotsFetched();
        links.finishWell();
        assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
      }
      assertThat(target.call("GET", "{o}foreign")).isEqualTo("stays");
      target.call("DEL", "{o}foreign");
      assertThat(DatasetComparer.compare(SOURCE, CLUSTER)).isEmpty();
    }
  }

  /** What another source has in the slot, only the target tells, and it is not asked. */
  @Test
  void leaveAloneWhatAnotherSourceHasInTheirSlot() {
    RedisServer from = SOURCE.ownerOf(slot);
    RedisServer to = next();
    RunningLinks.Setup setup =
        RunningLinks.between(
            SlotMovesAmongOthersIT::sources,
            List.of(
                RunningLink.endpoint(SERVER.address()),
                new RedisEndpoint(Topology.CLUSTER, SOURCE.addresses(), "", null)),
            RunningLink.endpoint(TARGET.address()));
    try (RespClient server = SERVER.client();
        RespClient before = from.client();
        RespClient after = to.client()) {
      server.call("SET", "{o}of the server", "x");
      before.call("RPUSH", "{o}list", "a");
      before.call("MSET", "{o}removed", "x", "{o}removed early", "x");
      try (RunningLinks links = setup.start()) {
        links.awaitCaughtUp();
        SOURCE.beginMove(slot, to);
        links.await("the move is seen", all -> links.hasSaid("slots move at the source"));
        before.call("DEL", "{o}removed early");
        SOURCE.moveKeys(slot, to, 100);
        asking(after, "RPUSH", "{o}list", "b");
        asking(after, "DEL", "{o}removed");
        SOURCE.endMove(slot, to);
        links.awaitSlotsFetched();
        server.call("APPEND", "{o}of the server", "y");
        after.call("SET", "{o}removed late", "x");
        after.call("RPUSH", "{o}list", "c");
        links.awaitCaughtUp();
        links.crash();
      }
      // Nobody looks.
      after.call("DEL", "{o}removed late");
      SOURCE.moveSlot(slot, from);
      before.call("RPUSH", "{o}list", "d");
      setup.startMode = StartMode.MUST_RESUME;
      try (RunningLinks links = setup.start()) {
        links.await("fetched", all -> links.hasSaid("slots that moved at the source were fetched"));
        links.awaitCaughtUp();
        before.call("RPUSH", "{o}list", "e");
        links.awaitCaughtUp();
        links.finishWell();
        assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
      }
    }
    assertThat(DatasetComparer.compareUnion(sources(), TARGET)).isEmpty();
  }

  private static List<RedisServer> sources() {
    List<RedisServer> sources = new ArrayList<>(SOURCE.masters());
    sources.add(SERVER);
    return sources;
  }

  private RedisServer next() {
    List<RedisServer> masters = new ArrayList<>(SOURCE.masters());
    return masters.get((masters.indexOf(SOURCE.ownerOf(slot)) + 1) % masters.size());
  }

  private static void asking(RespClient client, String... words) {
    client.pipeline(List.of(new String[] {"ASKING"}, words));
  }

  /** Once, and before any link has fetched: none has before it has said that it goes on. */
  private static Consumer<String> whereOneGoesOn(AtomicBoolean due, Runnable then) {
    return line -> {
      synchronized (due) {
        if (line.startsWith("going on from offset") && due.getAndSet(false)) {
          then.run();
        }
      }
    };
  }
}
