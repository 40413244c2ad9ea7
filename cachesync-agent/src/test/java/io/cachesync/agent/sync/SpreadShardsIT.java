package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cachesync.agent.repair.RepairPiece;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairReason;
import io.cachesync.contract.RepairedKey;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.SyncMode;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The shards of one source in two jobs of one task, which know nothing but the target. */
class SpreadShardsIT {
  @RegisterExtension static final SpreadShards SHARDS = new SpreadShards();

  private static final ClusterServers SOURCE = SHARDS.source();

  @ParameterizedTest
  @EnumSource
  void goOnAndFollowTheirMastersEachForItself(SpreadShards.To to) {
    RunningLinks.Setup one = SHARDS.setup(to, 0);
    RunningLinks.Setup two = SHARDS.setup(to, 1, 2);
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
      SHARDS.assertEqual(to);
    }
  }

  @ParameterizedTest
  @EnumSource
  void waitForEachOtherBeforeAnyOfThemCopies(SpreadShards.To to) {
    try (RespClient client = SOURCE.ownerOf(ClusterServers.slot("a")).client()) {
      client.call("SET", "a", "1");
    }
    try (RunningLinks behind = SHARDS.setup(to, 1, 2).start()) {
      Awaitility.await().until(() -> behind.hasSaid("waiting for the jobs of the task"));
      assertThat(SHARDS.keys(to)).as("before the claim").isZero();
      try (RunningLinks before = SHARDS.setup(to, 0).start()) {
        before.awaitCaughtUp();
        behind.awaitCaughtUp();
        assertThat(behind.said().indexOf("-1 INFO " + waiting(SHARDS.slots(0))))
            .as("%s", behind.said())
            .isNotNegative();
        before.awaitCaughtUp().finishWell();
        behind.awaitCaughtUp().finishWell();
      }
    }
    try (RunningLinks before = SHARDS.setup(to, 0).start()) {
      before.awaitCaughtUp();
    }
    SHARDS.assertEqual(to);
  }

  @ParameterizedTest
  @EnumSource
  void beginWhereOneWasStoppedBeforeTheOtherHadCome(SpreadShards.To to) {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 36)) {
      writes.fill("key", 100, 20);
    }
    RunningLinks.Setup one = SHARDS.setup(to, 0);
    RunningLinks waits = one.start();
    Awaitility.await().until(() -> waits.hasSaid("waiting for the jobs of the task"));
    assertThat(waits.stop().phase()).isEqualTo(Phase.STOPPED);
    assertThat(SHARDS.keys(to)).as("what the other one may be about to begin by").isPositive();
    try (RunningLinks second = SHARDS.setup(to, 1, 2).start();
        RunningLinks first = one.start()) {
      first.awaitCaughtUp().finishWell();
      second.awaitCaughtUp().finishWell();
    }
    SHARDS.assertEqual(to);
  }

  /** Each would wait for words of the other that never come. */
  @ParameterizedTest
  @EnumSource
  void doNotWaitForOneThatMovesSomethingElse(SpreadShards.To to) {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 38)) {
      writes.fill("key", 100, 20);
    }
    RunningLinks.Setup one = SHARDS.setup(to, 0);
    RunningLinks.Setup two = SHARDS.setup(to, 1, 2);
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
    SHARDS.assertEqual(to);
  }

  /** The words of before still stand at the target when the first of them is started again. */
  @ParameterizedTest
  @EnumSource
  void mayAllBeChangedAlikeBeforeAnythingIsCopied(SpreadShards.To to) {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 39)) {
      writes.fill("key", 100, 20);
    }
    RunningLinks.Setup one = SHARDS.setup(to, 0);
    RunningLinks.Setup two = SHARDS.setup(to, 1, 2);
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
    SHARDS.assertEqual(to);
  }

  /**
   * One writer for a shard: who comes later has it, and what nobody has then is told by its end.
   */
  @ParameterizedTest
  @EnumSource
  void aJobThatIsGivenAShardOfAnotherEndsIt(SpreadShards.To to) {
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 37)) {
      writes.fill("key", 500, 20);
      writes.start();
      try (RunningLinks first = SHARDS.setup(to, 0).start();
          RunningLinks second = SHARDS.setup(to, 1, 2).start()) {
        first.awaitApplied(2_000);
        second.awaitApplied(2_000);
        try (RunningLinks third = SHARDS.setup(to, 0, 1).start()) {
          assertThat(first.end().fault().code()).isEqualTo(FaultCode.FENCED);
          assertThat(second.end().fault().code()).isEqualTo(FaultCode.FENCED);
          third.awaitApplied(2_000);
          try (RunningLinks rest = SHARDS.setup(to, 2).start()) {
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
    SHARDS.assertEqual(to);
  }

  @Test
  void oneBeginsAfreshWhileTheOtherGoesOn() {
    RunningLinks.Setup two = SHARDS.setup(SpreadShards.To.A_CLUSTER, 1, 2);
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 34)) {
      writes.fill("key", 1_000, 20);
      writes.start();
      RunningLinks first = SHARDS.setup(SpreadShards.To.A_CLUSTER, 0).start();
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
      SHARDS.assertEqual(SpreadShards.To.A_CLUSTER);
    }
  }

  @Test
  void copyWithoutAStreamBehindIt() {
    RunningLinks.Setup one = SHARDS.setup(SpreadShards.To.ONE_SERVER, 0, 2);
    RunningLinks.Setup two = SHARDS.setup(SpreadShards.To.ONE_SERVER, 1);
    one.mode = two.mode = SyncMode.FULL_ONLY;
    try (ClusterWrites writes = new ClusterWrites(SOURCE, 35)) {
      writes.fill("key", 1_000, 20);
    }
    try (RunningLinks first = one.start();
        RunningLinks second = two.start()) {
      assertThat(first.end().phase()).as("%s", first.said()).isEqualTo(Phase.DONE);
      assertThat(second.end().phase()).as("%s", second.said()).isEqualTo(Phase.DONE);
    }
    SHARDS.assertEqual(SpreadShards.To.ONE_SERVER);
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
    try (RunningLinks first = SHARDS.setup(SpreadShards.To.ONE_SERVER, shard).start();
        RunningLinks second =
            SHARDS.setup(SpreadShards.To.ONE_SERVER, (shard + 1) % 3, (shard + 2) % 3).start()) {
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
    RunningLinks.Setup setup = SHARDS.setup(SpreadShards.To.ONE_SERVER);
    setup.slots = "0-99,200";
    try (RunningLinks links = setup.start()) {
      Fault fault = links.end().fault();
      assertThat(fault.code()).isEqualTo(FaultCode.FILTER_INVALID);
      assertThat(fault.message())
          .contains("0-99,200")
          .contains(SHARDS.slots(0) + " | " + SHARDS.slots(1));
    }
    assertThat(SHARDS.keys(SpreadShards.To.ONE_SERVER)).isZero();
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
}
