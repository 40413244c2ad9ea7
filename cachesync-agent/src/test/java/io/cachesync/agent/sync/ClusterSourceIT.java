package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.KeyRename;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster into one server: a link for each shard, each a writer of its own. */
class ClusterSourceIT {
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
  void bothSidesAreEqualAfterFinish() {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 1)) {
      writes.fill("key", 3_000, 20);
      writes.start();
      try (RunningLinks links = setup().start()) {
        links.awaitApplied(50_000);
        // None of them has ended a connection of another.
        assertThat(links.statuses()).extracting(LinkStatus::retries).containsExactly(0L, 0L, 0L);
        finish(links, writes);
      }
    }
  }

  /** Its links have ended then, and what is left is to tell so. */
  @Test
  void isNotConnectingWhereAllLinksHaveEnded() {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 16)) {
      writes.fill("key", 300, 20);
      try (RunningLinks links = setup().start()) {
        links.awaitCaughtUp();
        finish(links, writes);
        List<Phase> phases = links.phases();
        assertThat(phases.subList(phases.indexOf(Phase.INCREMENTAL), phases.size()))
            .contains(Phase.FINISHING)
            .doesNotContain(Phase.CONNECTING);
      }
    }
  }

  @Test
  void goesOnWhereKilledAgentsAndConnectionsStood() {
    RunningLinks.Setup setup = setup();
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 2)) {
      writes.fill("key", 2_000, 20);
      writes.start();
      for (int kill = 0; kill < 4; kill++) {
        RunningLinks links = setup.start().awaitApplied(20_000);
        endConnections("-" + kill % 3 + "-e");
        links.awaitApplied(5_000);
        links.crash();
      }
      setup.startMode = StartMode.MUST_RESUME;
      try (RunningLinks links = setup.start()) {
        finish(links, writes);
        assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
      }
    }
  }

  /** As a master does that has handed over, to who reached it a moment before. */
  @Test
  void goesOnWhereOneOfAnotherHistoryHasAnsweredForAMaster() {
    List<RedisServer> masters = SOURCE.masters();
    try (FaultProxy second = new FaultProxy(masters.get(1).port());
        ClusterWrites writes = new ClusterWrites(SOURCE, 15)) {
      RunningLinks.Setup setup = by(masters.get(1), second);
      writes.fill("key", 1_000, 20);
      writes.start();
      try (RunningLinks links = setup.start().awaitApplied(2_000)) {
        second.leadTo(masters.get(0).port());
        links.await("told", all -> links.hasSaid("does not know the history"));
        second.leadTo(masters.get(1).port());
        links.awaitApplied(2_000);
        finish(links, writes);
        assertThat(links.said().stream().filter(line -> line.endsWith("phase FULL_SYNC")))
            .hasSize(3);
      }
    }
  }

  @Test
  void endsEveryWriterOfAFormerStart() {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 3).start();
        RunningLinks former = setup().start().awaitApplied(5_000)) {
      try (RunningLinks links = setup().start()) {
        assertThat(former.end().fault().code()).isEqualTo(FaultCode.FENCED);
        finish(links, writes);
        for (int link = 0; link < 3; link++) {
          assertThat(links.hasSaid(link + " INFO target taken with epoch 2"))
              .as("%s", links.said())
              .isTrue();
        }
        // The first that is fenced stops its siblings, which may close theirs before.
        assertThat(links.hasSaid("epoch 2, 1 connections")).as("%s", links.said()).isTrue();
      }
    }
  }

  /** What the source has deleted between the two is nobody's to delete any more. */
  @Test
  void leavesNoGhostsWhereAFullSyncWasBegunAgain() {
    RunningLinks.Setup setup = setup();
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 4)) {
      writes.fill("key", 3_000, 1_000);
      // A piece of each snapshot goes at once, the next one seconds later.
      setup.limits = new LimitSpec(150_000, 0);
      RunningLinks cut =
          setup
              .start()
              .await("keys of each", all -> all.stream().allMatch(link -> link.keysApplied() > 50));
      assertThat(cut.statuses()).extracting(LinkStatus::phase).containsOnly(Phase.FULL_SYNC);
      cut.crash();
      writes.delete("key", 2_900);
      setup.limits = LimitSpec.none();
      try (RunningLinks links = setup.start()) {
        finish(links, writes);
      }
    }
  }

  @Test
  void beginsAfreshAsOftenAsAsked() {
    RunningLinks.Setup setup = setup();
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 5)) {
      writes.fill("key", 300, 20);
      setup.start().awaitCaughtUp().stop();
      setup.afresh = true;
      for (int time = 0; time < 2; time++) {
        SOURCE.flush();
        writes.fill("time" + time, 300, 20);
        setup.start().awaitCaughtUp().stop();
        assertEqual();
      }
      setup.afresh = false;
      try (RunningLinks links = setup.start()) {
        finish(links, writes);
      }
    }
  }

  @Test
  void stopsAllWhereOneFailsAndGoesOnFromThere() {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 6).start();
        RunningLinks links = setup().start().awaitApplied(2_000)) {
      try (RespClient second = SOURCE.masters().get(1).client()) {
        second.call("FLUSHALL");
      }
      LinkOutcome outcome = links.end();
      assertThat(outcome.phase()).isEqualTo(Phase.FAILED);
      assertThat(outcome.fault().code()).isEqualTo(FaultCode.FLUSH_REFUSED);
      assertThat(outcome.fault().message())
          .startsWith("shard 5461-10921 (" + SOURCE.masters().get(1).address() + "): FLUSHALL");
      assertThat(links.statuses())
          .extracting(LinkStatus::phase)
          .containsExactly(Phase.STOPPED, Phase.FAILED, Phase.STOPPED);
      assertThat(links.links().fault()).isEqualTo(outcome.fault());
    }
  }

  @Test
  void stopsWhereSlotsMoveAndKeysAreRenamedIntoAClusterAndGoesOnAfreshOnly() {
    RunningLinks.Setup setup = renaming();
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 7)) {
      writes.fill("key", 1_000, 20);
      int slot = ClusterServers.slot("key:1");
      RedisServer from = SOURCE.ownerOf(slot);
      RedisServer to = SOURCE.masters().stream().filter(m -> m != from).findFirst().orElseThrow();
      RunningLinks links = setup.start().awaitCaughtUp();
      SOURCE.moveSlot(slot, to);
      assertThat(links.end().fault().code()).isEqualTo(FaultCode.SOURCE_RESHARDED);
      assertThat(setup.start().end().fault().code())
          .isIn(FaultCode.SOURCE_RESHARDED, FaultCode.TASK_CHANGED);
      // Where they are back, and only the record at the target tells of it.
      SOURCE.moveSlot(slot, from);
      assertThat(setup.start().end().fault().code()).isEqualTo(FaultCode.SOURCE_RESHARDED);
      setup.afresh = true;
      try (RunningLinks again = setup.start()) {
        again.awaitCaughtUp();
        assertThat(again.finish().phase()).as("%s", again.said()).isEqualTo(Phase.DONE);
        assertThat(CLUSTER.keys()).isEqualTo(1_000);
      }
    }
  }

  @Test
  void copiesOnceAndLeavesNothing() {
    RunningLinks.Setup setup = setup();
    setup.mode = SyncMode.FULL_ONLY;
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 13)) {
      writes.fill("key", 1_000, 20);
      RunningLinks links = setup.start();
      assertThat(links.end().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
      assertEqual();
      assertNoneOfOurs();
    }
  }

  /** One that was refused before it began leaves the claim to the others. */
  @Test
  void goesOnOnceOneShardLetsItIn() {
    RunningLinks.Setup setup = setup();
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 14)) {
      writes.fill("key", 1_000, 20);
      RedisServer second = SOURCE.masters().get(1);
      try (RespClient client = second.client()) {
        client.call("ACL", "SETUSER", "default", "-psync");
        LinkOutcome refused = setup.start().end();
        assertThat(refused.fault().code()).isEqualTo(FaultCode.PSYNC_FORBIDDEN);
        assertThat(refused.fault().message()).startsWith("shard 5461-10921");
        client.call("ACL", "SETUSER", "default", "+psync");
      }
      try (RunningLinks links = setup.start()) {
        finish(links, writes);
      }
    }
  }

  /** Nothing comes in the stream of a slot without keys, neither at once nor where one resumes. */
  @Test
  void stopsWhereASlotIsOpenThatHoldsNothingAndRemembersIt() {
    RunningLinks.Setup setup = renaming();
    RunningLinks links = setup.start().awaitCaughtUp();
    RedisServer from = SOURCE.masters().get(0);
    RedisServer to = SOURCE.masters().get(1);
    SOURCE.beginMove(77, to);
    try {
      LinkOutcome outcome = links.end();
      assertThat(outcome.fault().code()).isEqualTo(FaultCode.SOURCE_RESHARDED);
      assertThat(outcome.fault().message()).contains("slot 77 is being moved");
    } finally {
      SOURCE.endMove(77, to);
      SOURCE.moveSlot(77, from);
    }
    assertThat(setup.start().end().fault().code()).isEqualTo(FaultCode.SOURCE_RESHARDED);
  }

  /** As long as one has something to apply, all may be asked to go on. */
  @Test
  void keepsAllKeysOfOursUntilEveryLinkHasApplied() {
    RunningLinks.Setup setup = setup();
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 11);
        RunningLinks links = setup.start().awaitCaughtUp();
        RespClient target = TARGET.client()) {
      links.links().direct(Desired.RUN, new LimitSpec(60_000, 0));
      writes.fill("{one shard}", 6_000, 100);
      links.direct(Desired.FINISH);
      links.await(
          "the others wait",
          all -> all.stream().filter(link -> link.phase() == Phase.FINISHING).count() == 3);
      links.await(
          "the last is on its way",
          all -> all.stream().filter(link -> link.relayWaitingBytes() > 50_000).count() == 1);
      assertThat(target.list("KEYS", "cachesync:node:*")).hasSize(3);
      links.stop();
      setup.startMode = StartMode.MUST_RESUME;
      try (RunningLinks again = setup.start()) {
        finish(again, writes);
      }
    }
  }

  @Test
  void forgetsLinksThatThereAreNoMoreWhereItBeginsAfresh() {
    RunningLinks.Setup setup = setup();
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 12);
        RespClient target = TARGET.client()) {
      writes.fill("key", 100, 20);
      setup.start().awaitCaughtUp().stop();
      // As of a source that had a shard more.
      String fourth = "cachesync:node:{0}:task:0.3";
      target.call("HMSET", fourth, "epoch", "1", "nonce", "n", "generation", "1", "done", "1");
      assertThat(setup.start().end().fault().code()).isEqualTo(FaultCode.TASK_CHANGED);
      setup.afresh = true;
      try (RunningLinks links = setup.start().awaitCaughtUp()) {
        assertThat(target.number("EXISTS", fourth)).isZero();
        finish(links, writes);
      }
    }
  }

  @Test
  void refusesOtherShardsThanItWasBegunWithWhereKeysAreRenamedIntoACluster() {
    RunningLinks.Setup setup = renaming();
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 8)) {
      writes.fill("key", 1_000, 20);
      setup.start().awaitCaughtUp().stop();
      RedisServer from = SOURCE.masters().get(2);
      SOURCE.moveSlot(16_383, SOURCE.masters().get(0));
      try {
        LinkOutcome refused = setup.start().end();
        assertThat(refused.fault().code()).isEqualTo(FaultCode.TASK_CHANGED);
        assertThat(refused.fault().message())
            .contains("the slots 0-5460 of the source", "the slots 0-5460,16383 of the source");
      } finally {
        SOURCE.moveSlot(16_383, from);
      }
    }
  }

  @Test
  void removesAndFencesEveryLinkWithoutRunningOne() {
    RunningLinks.Setup setup = setup();
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 9)) {
      writes.fill("key", 500, 20);
      RunningLinks former = setup.start().awaitCaughtUp();
      setup.desired = Desired.STOP;
      RunningLinks fence = setup.start();
      assertThat(fence.end().phase()).isEqualTo(Phase.STOPPED);
      assertThat(former.end().fault().code()).isEqualTo(FaultCode.FENCED);
      // The first that is fenced stops its siblings, which may close theirs before.
      assertThat(fence.said())
          .anyMatch(line -> line.matches(".* [123] connections of former writers ended"));
      setup.desired = Desired.REMOVE;
      RunningLinks removal = setup.start();
      assertThat(removal.end().phase()).as("%s", removal.said()).isEqualTo(Phase.DONE);
      assertNoneOfOurs();
      assertEqual();
    }
  }

  /** Of links that are finished and killed in turn, each ends once, and the claim goes last. */
  @Test
  void finishesWhatAKilledFinishHasLeft() throws IOException {
    RunningLinks.Setup setup = setup();
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 10)) {
      writes.fill("key", 500, 20);
      setup.start().awaitCaughtUp().stop();
      // As a process leaves it that ends behind the removal of one link's keys.
      try (RespClient target = TARGET.client()) {
        target.call("DEL", "cachesync:node:{0}:task:0.1", "cachesync:ckpt:{0}:task:0.1");
      }
      new FinishMark(setup.workDir.resolveSibling("relay.1")).set();
      setup.startMode = StartMode.MUST_RESUME;
      try (RunningLinks links = setup.start()) {
        finish(links, writes);
        // The target may have been in use since.
        assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
      }
    }
  }

  static void finish(RunningLinks links, ClusterWrites writes) {
    links.awaitPhase(Phase.INCREMENTAL);
    writes.stop();
    LinkOutcome outcome = links.finish();
    assertThat(outcome.phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
    for (LinkStatus link : links.statuses()) {
      assertThat(link.ledger().balanced()).as("%s", link).isTrue();
      assertThat(link.deadLetters()).isEmpty();
    }
    assertEqual();
    assertNoneOfOurs();
  }

  private static void assertEqual() {
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
  }

  private static void assertNoneOfOurs() {
    try (RespClient target = TARGET.client()) {
      assertThat(target.list("KEYS", "cachesync:*")).isEmpty();
    }
  }

  /** Ends those connections to the target whose name has this in it. */
  private static void endConnections(String part) {
    try (RespClient target = TARGET.client()) {
      List<String> ids = new ArrayList<>();
      for (String line : target.text("CLIENT", "LIST").split("\n")) {
        if (line.contains(" name=cachesync-") && line.contains(part)) {
          ids.add(line.substring(line.indexOf("id=") + 3, line.indexOf(' ')));
        }
      }
      assertThat(ids).isNotEmpty();
      ids.forEach(id -> target.call("CLIENT", "KILL", "ID", id));
    }
  }

  /** A failover of the target may set back a slot, and not those that its keys lie in there. */
  private static RunningLinks.Setup renaming() {
    RunningLinks.Setup setup = RunningLinks.between(SOURCE, CLUSTER);
    setup.filter =
        new FilterSpec(
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(new KeyRename("k", "l")),
            false);
    return setup;
  }

  private static RunningLinks.Setup setup() {
    return RunningLinks.between(SOURCE, TARGET);
  }

  /** A cluster of which one node is reached by a wire. */
  private static RunningLinks.Setup by(RedisServer node, FaultProxy wire) {
    RedisEndpoint source =
        new RedisEndpoint(
            Topology.CLUSTER,
            SOURCE.addresses(),
            "",
            null,
            Map.of(node.address(), "127.0.0.1:" + wire.port()));
    return RunningLinks.between(
        SOURCE::masters, List.of(source), RunningLink.endpoint(TARGET.address()));
  }
}
