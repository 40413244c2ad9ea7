package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Slots that move between the shards of one source that are in two jobs of one task. */
class SpreadSlotsIT {
  @RegisterExtension static final SpreadShards SHARDS = new SpreadShards();

  private static final ClusterServers SOURCE = SHARDS.source();

  @ParameterizedTest
  @EnumSource
  void slotsThatMoveEndThemUntilOneJobHasAll(SpreadShards.To to) {
    RunningLinks.Setup one = SHARDS.setup(to, 0);
    RunningLinks.Setup two = SHARDS.setup(to, 1, 2);
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
        List<RunningLinks.Setup> refused =
            List.of(one, two, SHARDS.setup(to, 0), SHARDS.setup(to, 1, 2));
        for (RunningLinks.Setup each : refused) {
          assertThat(each.start().end().fault().code()).isEqualTo(FaultCode.SPREAD_RESHARDED);
        }
        try (RunningLinks all = SHARDS.setup(to).start()) {
          all.awaitApplied(5_000);
          all.awaitSlotsFetched();
          assertThat(all.said()).noneMatch(line -> line.contains("FULL_SYNC"));
          all.stop();
        }
        try (RunningLinks firstAgain = SHARDS.setup(to, 0).start();
            RunningLinks secondAgain = SHARDS.setup(to, 1, 2).start()) {
          firstAgain.awaitApplied(2_000);
          secondAgain.awaitApplied(2_000);
          writes.stop();
          assertThat(firstAgain.said()).noneMatch(line -> line.contains("FULL_SYNC"));
          firstAgain.awaitCaughtUp().finishWell();
          secondAgain.awaitCaughtUp().finishWell();
        }
        SHARDS.assertEqual(to);
        firsts.forEach(slot -> SOURCE.moveSlot(slot, masters.get(0)));
      }
    }
  }

  /** No layout tells of it afterwards, and one of the jobs has not run meanwhile. */
  @ParameterizedTest
  @EnumSource
  void aSlotThatWasAwayIsRememberedUntilOneJobHasAll(SpreadShards.To to) {
    int slot = ClusterServers.slot("{a}");
    RedisServer from = SOURCE.ownerOf(slot);
    int owner = SOURCE.masters().indexOf(from);
    RedisServer other = SOURCE.masters().get((owner + 1) % 3);
    RunningLinks.Setup one = SHARDS.setup(to, owner);
    RunningLinks.Setup two = SHARDS.setup(to, (owner + 1) % 3, (owner + 2) % 3);
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
      try (RunningLinks all = SHARDS.setup(to).start()) {
        all.awaitCaughtUp();
        assertThat(all.said()).noneMatch(line -> line.contains("FULL_SYNC"));
        before.call("RPUSH", "{a}list", "d");
        all.awaitCaughtUp();
      }
    }
    SHARDS.assertEqual(to);
  }

  /** The job that would find its keys has ended, and hears of nothing any more. */
  @ParameterizedTest
  @EnumSource
  void aSlotThatIsGivenAwayAtTheVeryEndIsNotTakenForApplied(SpreadShards.To to) {
    int slot = ClusterServers.slot("{a}");
    RedisServer from = SOURCE.ownerOf(slot);
    int owner = SOURCE.masters().indexOf(from);
    RedisServer other = SOURCE.masters().get((owner + 1) % 3);
    try (RespClient client = from.client()) {
      client.call("SET", "{a}1", "x");
    }
    RunningLinks.Setup one = SHARDS.setup(to, owner);
    try (RunningLinks first = one.start();
        RunningLinks second = SHARDS.setup(to, (owner + 1) % 3, (owner + 2) % 3).start()) {
      first.awaitCaughtUp();
      second.awaitCaughtUp();
      second.awaitCaughtUp().finishWell();
      SOURCE.moveSlot(slot, other);
      assertThat(first.finish().phase()).as("%s", first.said()).isEqualTo(Phase.FAILED);
      assertThat(first.end().fault().code()).isEqualTo(FaultCode.SPREAD_RESHARDED);
    }
    try (RunningLinks all = SHARDS.setup(to).start()) {
      all.awaitSlotsFetched();
    }
    SHARDS.assertEqual(to);
    SOURCE.moveSlot(slot, from);
  }

  @Test
  void slotsThatMoveDuringTheFirstCopyAreFetchedByTheOneJobThatHasAll() {
    RunningLinks.Setup one = SHARDS.setup(SpreadShards.To.ONE_SERVER, 0);
    RunningLinks.Setup two = SHARDS.setup(SpreadShards.To.ONE_SERVER, 1, 2);
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
      try (RunningLinks all = SHARDS.setup(SpreadShards.To.ONE_SERVER).start()) {
        all.awaitPhase(Phase.INCREMENTAL);
        writes.stop();
        all.awaitCaughtUp();
      }
      SHARDS.assertEqual(SpreadShards.To.ONE_SERVER);
      moved.forEach(slot -> SOURCE.moveSlot(slot, masters.get(0)));
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
    try (RunningLinks first = SHARDS.setup(SpreadShards.To.ONE_SERVER, before).start();
        RunningLinks second = SHARDS.setup(SpreadShards.To.ONE_SERVER, after, third).start()) {
      first.awaitCaughtUp();
      second.awaitCaughtUp();
    }
    SOURCE.moveSlot(0, masters.get(after));
    try (RunningLinks all = SHARDS.setup(SpreadShards.To.ONE_SERVER).start()) {
      all.awaitSlotsFetched();
    }
    RunningLinks.Setup again = SHARDS.setup(SpreadShards.To.ONE_SERVER, after, third);
    again.afresh = true;
    try (RunningLinks first = SHARDS.setup(SpreadShards.To.ONE_SERVER, before).start();
        RunningLinks second = again.start()) {
      first.awaitCaughtUp().finishWell();
      second.awaitCaughtUp().finishWell();
    }
    SHARDS.assertEqual(SpreadShards.To.ONE_SERVER);
    SOURCE.moveSlot(0, from);
  }

  private static String inSlot(int slot) {
    return IntStream.iterate(0, number -> number + 1)
        .mapToObj(number -> "in-" + number)
        .filter(key -> ClusterServers.slot(key) == slot)
        .findFirst()
        .orElseThrow();
  }

  private static void asking(RespClient client, String... words) {
    client.pipeline(List.of(new String[] {"ASKING"}, words));
  }
}
