package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cachesync.agent.redis.SlotRanges;
import io.cachesync.agent.repair.RepairPiece;
import io.cachesync.contract.Desired;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairReason;
import io.cachesync.contract.RepairedKey;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.SyncMode;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The shards of one source in two jobs of one task, which know nothing but the target. */
class SpreadShardsIT {
  private enum To {
    ONE_SERVER,
    A_CLUSTER
  }

  @RegisterExtension
  static final ClusterServers SOURCE =
      new ClusterServers(ServerVersion.V7_0, 3, 1)
          .option("cluster-node-timeout", "500")
          .option("repl-backlog-size", "64mb");

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension
  static final ClusterServers CLUSTER = new ClusterServers(ServerVersion.V7_0, 2);

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
    CLUSTER.flush();
  }

  @ParameterizedTest
  @EnumSource
  void goOnAndFollowTheirMastersEachForItself(To to) {
    RunningLinks.Setup one = setup(to, 0);
    RunningLinks.Setup two = setup(to, 1, 2);
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 31)) {
      writes.fill("key", 2_000, 20);
      writes.start();
      RunningLinks first = one.start();
      RunningLinks second = two.start();
      second.awaitApplied(20_000);
      first.awaitApplied(10_000).crash();
      second.awaitApplied(10_000);
      one.startMode = StartMode.MUST_RESUME;
      first = one.start().awaitApplied(5_000);
      SOURCE.failOver(SOURCE.replicas().get(1));
      second.awaitApplied(10_000).crash();
      SOURCE.failOver(SOURCE.replicas().get(0));
      two.startMode = StartMode.MUST_RESUME;
      try (RunningLinks again = two.start().awaitApplied(5_000);
          RunningLinks follows = first.awaitApplied(5_000)) {
        writes.stop();
        for (RunningLinks links : List.of(follows, again)) {
          assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
          links.awaitCaughtUp().finishWell();
        }
      }
      assertEqual(to);
    }
  }

  @ParameterizedTest
  @EnumSource
  void waitForEachOtherBeforeAnyOfThemCopies(To to) {
    try (RespClient client = SOURCE.ownerOf(ClusterServers.slot("a")).client()) {
      client.call("SET", "a", "1");
    }
    try (RunningLinks behind = setup(to, 1, 2).start()) {
      Awaitility.await().until(() -> behind.hasSaid("waiting for the jobs of the task"));
      assertThat(keys(to)).as("before the claim").isZero();
      try (RunningLinks before = setup(to, 0).start()) {
        before.awaitCaughtUp();
        behind.awaitCaughtUp();
        assertThat(behind.said().indexOf("-1 INFO " + waiting(slots(0))))
            .as("%s", behind.said())
            .isNotNegative();
        before.awaitCaughtUp().finishWell();
        behind.awaitCaughtUp().finishWell();
      }
    }
    try (RunningLinks before = setup(to, 0).start()) {
      before.awaitCaughtUp();
    }
    assertEqual(to);
  }

  @ParameterizedTest
  @EnumSource
  void beginWhereOneWasStoppedBeforeTheOtherHadCome(To to) {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 36)) {
      writes.fill("key", 100, 20);
    }
    RunningLinks.Setup one = setup(to, 0);
    RunningLinks waits = one.start();
    Awaitility.await().until(() -> waits.hasSaid("waiting for the jobs of the task"));
    assertThat(waits.stop().phase()).isEqualTo(Phase.STOPPED);
    assertThat(keys(to)).as("what the other one may be about to begin by").isPositive();
    try (RunningLinks second = setup(to, 1, 2).start();
        RunningLinks first = one.start()) {
      first.awaitCaughtUp().finishWell();
      second.awaitCaughtUp().finishWell();
    }
    assertEqual(to);
  }

  /** Each would wait for words of the other that never come. */
  @ParameterizedTest
  @EnumSource
  void doNotWaitForOneThatMovesSomethingElse(To to) {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 38)) {
      writes.fill("key", 100, 20);
    }
    RunningLinks.Setup one = setup(to, 0);
    RunningLinks.Setup two = setup(to, 1, 2);
    two.filter = without("tmp:*");
    try (RunningLinks first = one.start();
        RunningLinks second = two.start()) {
      for (RunningLinks each : List.of(first, second)) {
        Fault fault = each.end().fault();
        assertThat(fault.code()).as("%s", each.said()).isEqualTo(FaultCode.TASK_CHANGED);
        assertThat(fault.message()).contains("tmp:*").contains("the same databases, filter");
      }
    }
    two.filter = one.filter;
    try (RunningLinks second = two.start().awaitCaughtUp();
        RunningLinks first = one.start()) {
      first.awaitCaughtUp().finishWell();
      second.awaitCaughtUp().finishWell();
    }
    assertEqual(to);
  }

  /** The words of before still stand at the target when the first of them is started again. */
  @ParameterizedTest
  @EnumSource
  void mayAllBeChangedAlikeBeforeAnythingIsCopied(To to) {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 39)) {
      writes.fill("key", 100, 20);
    }
    RunningLinks.Setup one = setup(to, 0);
    RunningLinks.Setup two = setup(to, 1, 2);
    one.filter = without("tmp:*");
    try (RunningLinks first = one.start()) {
      Awaitility.await().until(() -> first.hasSaid("waiting for the jobs of the task"));
    }
    one.filter = FilterSpec.everything();
    try (RunningLinks second = two.start()) {
      Awaitility.await()
          .failFast(() -> assertThat(second.links().outcome()).isEmpty())
          .until(() -> second.hasSaid("waiting for the jobs of the task"));
      try (RunningLinks first = one.start()) {
        first.awaitCaughtUp();
        second.awaitCaughtUp();
        first.awaitCaughtUp().finishWell();
        second.awaitCaughtUp().finishWell();
      }
    }
    assertEqual(to);
  }

  @ParameterizedTest
  @EnumSource
  void slotsThatMoveEndThemUntilOneJobHasAll(To to) {
    RunningLinks.Setup one = setup(to, 0);
    RunningLinks.Setup two = setup(to, 1, 2);
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 32)) {
      writes.fill("key", 1_000, 20);
      writes.start();
      try (RunningLinks first = one.start();
          RunningLinks second = two.start()) {
        first.awaitApplied(5_000);
        second.awaitApplied(10_000);
        List<Integer> slots = new ArrayList<>();
        for (int tag = 0; tag < 40; tag++) {
          slots.add(ClusterServers.slot("{t" + tag + "}"));
        }
        List<RedisServer> masters = SOURCE.masters();
        List<Integer> firsts =
            slots.stream().filter(slot -> SOURCE.ownerOf(slot) == masters.get(0)).toList();
        firsts.forEach(slot -> SOURCE.moveSlot(slot, masters.get(1)));
        for (RunningLinks each : List.of(first, second)) {
          Fault fault = each.end().fault();
          assertThat(fault.code()).as("%s", each.said()).isEqualTo(FaultCode.SPREAD_RESHARDED);
          assertThat(fault.message()).contains("in one job");
        }
        // As they were begun, and as the slots lie now.
        List<RunningLinks.Setup> refused = List.of(one, two, setup(to, 0), setup(to, 1, 2));
        for (RunningLinks.Setup each : refused) {
          assertThat(each.start().end().fault().code()).isEqualTo(FaultCode.SPREAD_RESHARDED);
        }
        try (RunningLinks all = setup(to).start()) {
          all.awaitApplied(5_000);
          all.awaitSlotsFetched();
          assertThat(all.said()).noneMatch(line -> line.contains("FULL_SYNC"));
          all.stop();
        }
        try (RunningLinks firstAgain = setup(to, 0).start();
            RunningLinks secondAgain = setup(to, 1, 2).start()) {
          firstAgain.awaitApplied(2_000);
          secondAgain.awaitApplied(2_000);
          writes.stop();
          assertThat(firstAgain.said()).noneMatch(line -> line.contains("FULL_SYNC"));
          firstAgain.awaitCaughtUp().finishWell();
          secondAgain.awaitCaughtUp().finishWell();
        }
        assertEqual(to);
        firsts.forEach(slot -> SOURCE.moveSlot(slot, masters.get(0)));
      }
    }
  }

  /** No layout tells of it afterwards, and one of the jobs has not run meanwhile. */
  @ParameterizedTest
  @EnumSource
  void aSlotThatWasAwayIsRememberedUntilOneJobHasAll(To to) {
    int slot = ClusterServers.slot("{a}");
    RedisServer from = SOURCE.ownerOf(slot);
    int owner = SOURCE.masters().indexOf(from);
    RedisServer other = SOURCE.masters().get((owner + 1) % 3);
    RunningLinks.Setup one = setup(to, owner);
    RunningLinks.Setup two = setup(to, (owner + 1) % 3, (owner + 2) % 3);
    try (RespClient before = from.client();
        RespClient after = other.client()) {
      before.call("RPUSH", "{a}list", "a");
      before.call("SET", "{a}goes", "x");
      try (RunningLinks first = one.start();
          RunningLinks second = two.start()) {
        first.awaitCaughtUp();
        second.awaitCaughtUp();
        second.stop();
        SOURCE.beginMove(slot, other);
        SOURCE.moveKeys(slot, other, 100);
        asking(after, "RPUSH", "{a}list", "b");
        asking(after, "DEL", "{a}goes");
        asking(after, "SET", "{a}new", "x");
        SOURCE.endMove(slot, other);
        SOURCE.moveSlot(slot, from);
        before.call("RPUSH", "{a}list", "c");
        assertThat(first.end().fault().code()).isEqualTo(FaultCode.SPREAD_RESHARDED);
      }
      Fault refused = one.start().end().fault();
      assertThat(refused.code()).isEqualTo(FaultCode.SPREAD_RESHARDED);
      assertThat(refused.message()).contains("still to be fetched again: " + slot);
      try (RunningLinks second = two.start()) {
        second.awaitCaughtUp();
        second.awaitCaughtUp().finishWell();
      }
      try (RunningLinks all = setup(to).start()) {
        all.awaitCaughtUp();
        assertThat(all.said()).noneMatch(line -> line.contains("FULL_SYNC"));
        before.call("RPUSH", "{a}list", "d");
        all.awaitCaughtUp();
      }
    }
    assertEqual(to);
  }

  /** The job that would find its keys has ended, and hears of nothing any more. */
  @ParameterizedTest
  @EnumSource
  void aSlotThatIsGivenAwayAtTheVeryEndIsNotTakenForApplied(To to) {
    int slot = ClusterServers.slot("{a}");
    RedisServer from = SOURCE.ownerOf(slot);
    int owner = SOURCE.masters().indexOf(from);
    RedisServer other = SOURCE.masters().get((owner + 1) % 3);
    try (RespClient client = from.client()) {
      client.call("SET", "{a}1", "x");
    }
    RunningLinks.Setup one = setup(to, owner);
    try (RunningLinks first = one.start();
        RunningLinks second = setup(to, (owner + 1) % 3, (owner + 2) % 3).start()) {
      first.awaitCaughtUp();
      second.awaitCaughtUp();
      second.awaitCaughtUp().finishWell();
      SOURCE.moveSlot(slot, other);
      assertThat(first.finish().phase()).as("%s", first.said()).isEqualTo(Phase.FAILED);
      assertThat(first.end().fault().code()).isEqualTo(FaultCode.SPREAD_RESHARDED);
    }
    try (RunningLinks all = setup(to).start()) {
      all.awaitSlotsFetched();
    }
    assertEqual(to);
    SOURCE.moveSlot(slot, from);
  }

  /**
   * One writer for a shard: who comes later has it, and what nobody has then is told by its end.
   */
  @ParameterizedTest
  @EnumSource
  void aJobThatIsGivenAShardOfAnotherEndsIt(To to) {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 37)) {
      writes.fill("key", 500, 20);
      writes.start();
      try (RunningLinks first = setup(to, 0).start();
          RunningLinks second = setup(to, 1, 2).start()) {
        first.awaitApplied(2_000);
        second.awaitApplied(2_000);
        try (RunningLinks third = setup(to, 0, 1).start()) {
          assertThat(first.end().fault().code()).isEqualTo(FaultCode.FENCED);
          assertThat(second.end().fault().code()).isEqualTo(FaultCode.FENCED);
          third.awaitApplied(2_000);
          try (RunningLinks rest = setup(to, 2).start()) {
            rest.awaitApplied(2_000);
            writes.stop();
            for (RunningLinks links : List.of(third, rest)) {
              assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
              links.awaitCaughtUp().finishWell();
            }
          }
        }
      }
    }
    assertEqual(to);
  }

  @Test
  void slotsThatMoveDuringTheFirstCopyAreFetchedByTheOneJobThatHasAll() {
    RunningLinks.Setup one = setup(To.ONE_SERVER, 0);
    RunningLinks.Setup two = setup(To.ONE_SERVER, 1, 2);
    one.limits = two.limits = new LimitSpec(200_000, 0);
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 33)) {
      writes.fill("key", 1_500, 1_000);
      writes.start();
      List<RedisServer> masters = SOURCE.masters();
      List<Integer> moved = new ArrayList<>();
      try (RunningLinks first = one.start();
          RunningLinks second = two.start()) {
        for (RunningLinks links : List.of(first, second)) {
          links.await("keys", all -> all.stream().allMatch(link -> link.keysApplied() > 0));
        }
        for (int tag = 0; tag < 20; tag++) {
          int slot = ClusterServers.slot("{t" + tag + "}");
          if (SOURCE.ownerOf(slot) == masters.get(0)) {
            SOURCE.moveSlot(slot, masters.get(1));
            moved.add(slot);
          }
        }
        first.crash();
        second.links().direct(Desired.RUN, LimitSpec.none());
        assertThat(second.end().fault().code()).isEqualTo(FaultCode.SPREAD_RESHARDED);
      }
      assertThat(one.start().end().fault().code()).isEqualTo(FaultCode.SPREAD_RESHARDED);
      try (RunningLinks all = setup(To.ONE_SERVER).start()) {
        all.awaitPhase(Phase.INCREMENTAL);
        writes.stop();
        all.awaitCaughtUp();
      }
      assertEqual(To.ONE_SERVER);
      moved.forEach(slot -> SOURCE.moveSlot(slot, masters.get(0)));
    }
  }

  @Test
  void oneBeginsAfreshWhileTheOtherGoesOn() {
    RunningLinks.Setup two = setup(To.A_CLUSTER, 1, 2);
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 34)) {
      writes.fill("key", 1_000, 20);
      writes.start();
      RunningLinks first = setup(To.A_CLUSTER, 0).start();
      RunningLinks second = two.start();
      second.awaitApplied(5_000).stop();
      writes.delete("key", 800);
      two.afresh = true;
      try (RunningLinks goesOn = first.awaitApplied(5_000);
          RunningLinks afresh = two.start().awaitApplied(5_000)) {
        writes.stop();
        goesOn.awaitCaughtUp().finishWell();
        afresh.awaitCaughtUp().finishWell();
      }
      assertEqual(To.A_CLUSTER);
    }
  }

  /** Shards are numbered by their first slots, and keep their numbers where those move. */
  @Test
  void oneBeginsAfreshWhereTheNumbersOfTheShardsAreNotThoseOfAFirstStartAnyMore() {
    List<RedisServer> masters = SOURCE.masters();
    RedisServer from = SOURCE.ownerOf(0);
    int before = masters.indexOf(from);
    int after = (before + 1) % 3;
    int third = (before + 2) % 3;
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 39)) {
      writes.fill("key", 500, 20);
    }
    try (RespClient client = from.client()) {
      client.call("SET", inSlot(0), "moves");
    }
    try (RunningLinks first = setup(To.ONE_SERVER, before).start();
        RunningLinks second = setup(To.ONE_SERVER, after, third).start()) {
      first.awaitCaughtUp();
      second.awaitCaughtUp();
    }
    SOURCE.moveSlot(0, masters.get(after));
    try (RunningLinks all = setup(To.ONE_SERVER).start()) {
      all.awaitSlotsFetched();
    }
    RunningLinks.Setup again = setup(To.ONE_SERVER, after, third);
    again.afresh = true;
    try (RunningLinks first = setup(To.ONE_SERVER, before).start();
        RunningLinks second = again.start()) {
      first.awaitCaughtUp().finishWell();
      second.awaitCaughtUp().finishWell();
    }
    assertEqual(To.ONE_SERVER);
    SOURCE.moveSlot(0, from);
  }

  @Test
  void copyWithoutAStreamBehindIt() {
    RunningLinks.Setup one = setup(To.ONE_SERVER, 0, 2);
    RunningLinks.Setup two = setup(To.ONE_SERVER, 1);
    one.mode = two.mode = SyncMode.FULL_ONLY;
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 35)) {
      writes.fill("key", 1_000, 20);
    }
    try (RunningLinks first = one.start();
        RunningLinks second = two.start()) {
      assertThat(first.end().phase()).as("%s", first.said()).isEqualTo(Phase.DONE);
      assertThat(second.end().phase()).as("%s", second.said()).isEqualTo(Phase.DONE);
    }
    assertEqual(To.ONE_SERVER);
  }

  /** Nobody in this process would ever answer for it. */
  @Test
  void aKeyOfAnotherJobIsNotWaitedForInARepair() {
    List<RepairedKey> results = new CopyOnWriteArrayList<>();
    byte[] key = "a".getBytes(StandardCharsets.UTF_8);
    RedisServer owner = SOURCE.ownerOf(ClusterServers.slot("a"));
    int shard = SOURCE.masters().indexOf(owner);
    try (RespClient client = owner.client()) {
      client.call("SET", "a", "1");
    }
    try (RunningLinks first = setup(To.ONE_SERVER, shard).start();
        RunningLinks second = setup(To.ONE_SERVER, (shard + 1) % 3, (shard + 2) % 3).start()) {
      first.awaitCaughtUp();
      second.awaitCaughtUp();
      for (RunningLinks links : List.of(second, first)) {
        RepairPiece piece =
            new RepairPiece(
                SOURCE.addresses(), List.of(NamedKey.of(0, key)), false, each -> {}, results::add);
        links.links().repair(piece);
        Awaitility.await().until(piece::isDone);
      }
    }
    assertThat(results)
        .extracting(RepairedKey::course, RepairedKey::reason)
        .containsExactly(
            tuple(RepairCourse.FAIL, RepairReason.OTHER_JOB), tuple(RepairCourse.WRITE, null));
  }

  @Test
  void aJobHasWholeShards() {
    RunningLinks.Setup setup = setup(To.ONE_SERVER);
    setup.slots = "0-99,200";
    try (RunningLinks links = setup.start()) {
      Fault fault = links.end().fault();
      assertThat(fault.code()).isEqualTo(FaultCode.FILTER_INVALID);
      assertThat(fault.message()).contains("0-99,200").contains(slots(0) + " | " + slots(1));
    }
    assertThat(TARGET.keys()).isZero();
  }

  private static String inSlot(int slot) {
    return IntStream.iterate(0, number -> number + 1)
        .mapToObj(number -> "in-" + number)
        .filter(key -> ClusterServers.slot(key) == slot)
        .findFirst()
        .orElseThrow();
  }

  private static FilterSpec without(String pattern) {
    return new FilterSpec(
        List.of(), null, null, null, List.of(pattern), null, null, null, null, false);
  }

  private static String waiting(String slots) {
    return "waiting for the jobs of the task that have the other shards: the slots "
        + slots
        + " of the source, databases *";
  }

  /** None for a job that has all of them. */
  private static RunningLinks.Setup setup(To to, int... shards) {
    RunningLinks.Setup setup =
        to == To.ONE_SERVER
            ? RunningLinks.between(SOURCE, TARGET)
            : RunningLinks.between(SOURCE, CLUSTER);
    if (shards.length > 0) {
      setup.slots = slots(shards);
    }
    return setup;
  }

  private static String slots(int... shards) {
    List<RedisServer> masters = SOURCE.masters();
    RedisServer[] owners = SOURCE.owners();
    BitSet slots = new BitSet();
    for (int shard : shards) {
      for (int slot = 0; slot < owners.length; slot++) {
        if (owners[slot] == masters.get(shard)) {
          slots.set(slot);
        }
      }
    }
    return SlotRanges.of(slots).toString();
  }

  private static void asking(RespClient client, String... words) {
    client.pipeline(List.of(new String[] {"ASKING"}, words));
  }

  private static long keys(To to) {
    return to == To.ONE_SERVER ? TARGET.keys() : CLUSTER.keys();
  }

  /** Ends one of the jobs; what it leaves can be gone on with. */
  /** With keys of ours, then without. */
  private static void assertEqual(To to) {
    if (to == To.ONE_SERVER) {
      assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    } else {
      assertThat(DatasetComparer.compare(SOURCE, CLUSTER)).isEmpty();
    }
    assertThat(keys(to)).as("keys of ours stay").isGreaterThan(SOURCE.keys());
    Finish.Result finished =
        Finish.run(setup(to).spec(), new EndpointSecrets("", ""), "test-finish");
    assertThat(finished.fault()).isNull();
    assertThat(keys(to)).isEqualTo(SOURCE.keys());
  }
}
