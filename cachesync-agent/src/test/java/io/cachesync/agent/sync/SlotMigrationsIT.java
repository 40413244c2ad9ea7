package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.ClusterWrites;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Slots that move as a whole, as Redis 8.4 and Valkey 9 can: at the source while a job copies it,
 * and at the target.
 */
@EnabledIfSystemProperty(named = "cachesync.test.scope", matches = "all")
class SlotMigrationsIT {
  /** Ranges of the first master, and of the second, to which they go. */
  private static final int FIRST = 0;

  private static final int LAST = 1_999;

  @ParameterizedTest
  @EnumSource(names = {"V8_6", "VALKEY_9"})
  void areLivedThroughUnderWrites(ServerVersion version) {
    try (ClusterServers source = cluster(version);
        RedisServer target = new RedisServer(version).start();
        ClusterWrites writes = new ClusterWrites(source, 21)) {
      writes.fill("key", 2_000, 20);
      writes.start();
      RedisServer first = source.masters().get(0);
      RedisServer second = source.masters().get(1);
      try (RunningLinks links = RunningLinks.between(source, target).start()) {
        links.awaitApplied(20_000);
        source.migrate(FIRST, LAST, second);
        awaitFetched(links);
        links.awaitApplied(20_000);
        source.migrate(FIRST, LAST, first);
        source.migrate(6_000, 6_500, first);
        links.awaitApplied(20_000);
        writes.stop();
        links.awaitCaughtUp().finishWell();
        assertThat(DatasetComparer.compare(source, target)).isEmpty();
      }
    }
  }

  /** With its last slot a master goes too; where keys may be somebody's, they are known by then. */
  @ParameterizedTest
  @CsvSource({"V8_6,REFUSE", "V8_6,REPLACE", "VALKEY_9,REFUSE", "VALKEY_9,REPLACE"})
  void areLivedThroughWhereAllOfAMasterGo(ServerVersion version, ConflictPolicy onExists) {
    try (ClusterServers source = cluster(version);
        RedisServer target = new RedisServer(version).start();
        RespClient client = target.client();
        ClusterWrites writes = new ClusterWrites(source, 28)) {
      writes.fill("key", 1_000, 20);
      RedisServer first = source.masters().get(0);
      RedisServer second = source.masters().get(1);
      RunningLinks.Setup setup = RunningLinks.between(source, target);
      setup.onExists = onExists;
      if (onExists == ConflictPolicy.REPLACE) {
        client.call("SET", "foreign", "stays");
      }
      writes.start();
      try (RunningLinks links = setup.start()) {
        links.awaitApplied(5_000);
        second.config("rdb-key-save-delay", "10000");
        source.migrate(ClusterServers.SLOTS / 3, ClusterServers.SLOTS * 2 / 3 - 1, first);
        links.await("two links", all -> all.size() == 2);
        links.awaitApplied(5_000);
        writes.stop();
        links.awaitCaughtUp().finishWell();
        assertThat(links.said()).noneMatch(line -> line.contains("SOURCE_RESHARDED"));
      }
      boolean stays = onExists == ConflictPolicy.REPLACE;
      assertThat(client.call("DEL", "foreign")).isEqualTo(stays ? 1L : 0L);
      assertThat(DatasetComparer.compare(source, target)).isEmpty();
    }
  }

  /** What is written while the slots are on their way is written to a slot that is not whole. */
  @ParameterizedTest
  @EnumSource(names = {"V8_6", "VALKEY_9"})
  void areLivedThroughWhereTheAgentIsKilledMeanwhile(ServerVersion version) {
    try (ClusterServers source = cluster(version);
        ClusterServers target = new ClusterServers(version, 2).start();
        ClusterWrites writes = new ClusterWrites(source, 22)) {
      writes.fill("key", 1_000, 20);
      writes.start();
      RedisServer first = source.masters().get(0);
      RedisServer second = source.masters().get(1);
      RunningLinks.Setup setup = RunningLinks.between(source, target);
      first.config("rdb-key-save-delay", "5000");
      try (RunningLinks links = setup.start()) {
        links.awaitPhase(Phase.INCREMENTAL);
        source.beginMigration(FIRST, LAST, second);
        links.await("the move is seen", all -> links.hasSaid("slots move at the source"));
        links.crash();
      }
      setup.startMode = StartMode.MUST_RESUME;
      try (RunningLinks links = setup.start()) {
        source.awaitMigrated(FIRST, second);
        links.crash();
      }
      try (RunningLinks links = setup.start()) {
        awaitFetched(links);
        links.awaitApplied(10_000);
        writes.stop();
        links.awaitCaughtUp().finishWell();
        assertThat(links.said()).noneMatch(line -> line.contains("FULL_SYNC"));
        assertThat(DatasetComparer.compare(source, target)).isEmpty();
      }
    }
  }

  /** What had come to the other master is gone there, and the slots are where they were. */
  @ParameterizedTest
  @EnumSource(names = {"V8_6", "VALKEY_9"})
  void mayBeGivenUp(ServerVersion version) {
    try (ClusterServers source = cluster(version);
        RedisServer target = new RedisServer(version).start();
        ClusterWrites writes = new ClusterWrites(source, 23)) {
      writes.fill("key", 2_000, 20);
      RedisServer first = source.masters().get(0);
      RedisServer second = source.masters().get(1);
      try (RunningLinks links = RunningLinks.between(source, target).start()) {
        links.awaitCaughtUp();
        writes.start();
        first.config("rdb-key-save-delay", "20000");
        source.beginMigration(FIRST, LAST, second);
        links.await("the move is seen", all -> links.hasSaid("slots move at the source"));
        // Longer than the map of slots stays the same behind the end of a move.
        Awaitility.await()
            .during(Duration.ofSeconds(4))
            .until(() -> !links.hasSaid("slots have moved"));
        source.cancelMigration(first, second);
        first.config("rdb-key-save-delay", "0");
        awaitFetched(links);
        links.awaitApplied(20_000);
        writes.stop();
        links.awaitCaughtUp().finishWell();
        assertThat(DatasetComparer.compare(source, target)).isEmpty();
      }
    }
  }

  /** The snapshots hold slots that are only coming in. */
  @ParameterizedTest
  @EnumSource(names = {"V8_6", "VALKEY_9"})
  void areLivedThroughDuringTheFirstCopy(ServerVersion version) {
    try (ClusterServers source = cluster(version);
        RedisServer target = new RedisServer(version).start();
        ClusterWrites writes = new ClusterWrites(source, 24)) {
      writes.fill("key", 1_500, 1_000);
      writes.start();
      RedisServer second = source.masters().get(1);
      RunningLinks.Setup setup = RunningLinks.between(source, target);
      setup.limits = new LimitSpec(200_000, 0);
      source.masters().get(0).config("rdb-key-save-delay", "10000");
      source.beginMigration(FIRST, LAST, second);
      try (RunningLinks links = setup.start()) {
        links.await("keys of each", all -> all.stream().allMatch(link -> link.keysApplied() > 0));
        assertThat(links.said()).noneMatch(line -> line.contains("RETRYING"));
        source.awaitMigrated(FIRST, second);
        links.links().direct(Desired.RUN, LimitSpec.none());
        awaitFetched(links);
        links.awaitApplied(10_000);
        writes.stop();
        links.awaitCaughtUp().finishWell();
        assertThat(DatasetComparer.compare(source, target)).isEmpty();
      }
    }
  }

  /** Lanes write to the slots while they leave, and to where they have come. */
  @ParameterizedTest
  @EnumSource(names = {"V8_6", "VALKEY_9"})
  void areFollowedAtTheTarget(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).start();
        ClusterServers target = cluster(version);
        RespClient client = source.client()) {
      RedisServer first = target.masters().get(0);
      RedisServer second = target.masters().get(1);
      try (RunningLink link = RunningLink.between(source, target).start()) {
        link.awaitCaughtUp();
        for (int move = 0; move < 4; move++) {
          for (int i = 0; i < 2_000; i++) {
            client.call("RPUSH", "list:" + i % 700, Integer.toString(i));
            client.call("INCR", "count:" + i % 90);
            if (i == 1_000) {
              target.beginMigration(FIRST, LAST, move % 2 == 0 ? second : first);
            }
          }
          target.awaitMigrated(FIRST, move % 2 == 0 ? second : first);
        }
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().balanced()).isTrue();
        assertThat(link.status().deadLetters()).isEmpty();
      }
      assertThat(DatasetComparer.compare(source, target)).isEmpty();
    }
  }

  /** Slots have left a master, and come to another, that nobody told of it. */
  @ParameterizedTest
  @EnumSource(names = {"V8_6", "VALKEY_9"})
  void areFollowedAtTheTargetWhereTheAgentIsKilledMeanwhile(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).option("repl-backlog-size", "64mb").start();
        ClusterServers target = cluster(version);
        RespClient client = source.client()) {
      RedisServer first = target.masters().get(0);
      RedisServer second = target.masters().get(1);
      RunningLink.Setup setup = RunningLink.between(source, target);
      addTo(client, 2_000);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        first.config("rdb-key-save-delay", "5000");
        target.beginMigration(FIRST, LAST, second);
        addTo(client, 2_000);
        link.crash();
      }
      addTo(client, 1_000);
      setup.startMode = StartMode.MUST_RESUME;
      try (RunningLink link = setup.start()) {
        link.awaitPhase(Phase.INCREMENTAL);
        addTo(client, 1_000);
        first.config("rdb-key-save-delay", "0");
        target.awaitMigrated(FIRST, second);
        link.crash();
      }
      addTo(client, 1_000);
      finishEqual(setup, source, target);
    }
  }

  /** Nothing of what the other master was given counts, and lanes stay where they were. */
  @ParameterizedTest
  @EnumSource(names = {"V8_6", "VALKEY_9"})
  void mayBeGivenUpOrFailAtTheTarget(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).option("repl-backlog-size", "64mb").start();
        ClusterServers target = cluster(version);
        RespClient client = source.client()) {
      RedisServer first = target.masters().get(0);
      RedisServer second = target.masters().get(1);
      RunningLink.Setup setup = RunningLink.between(source, target);
      addTo(client, 2_000);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        first.config("rdb-key-save-delay", "20000");
        target.beginMigration(FIRST, LAST, second);
        addTo(client, 2_000);
        target.cancelMigration(first, second);
        addTo(client, 1_000);
        link.awaitCaughtUp();
        assertThat(target.ownerOf(FIRST)).isSameAs(first);
        target.beginMigration(FIRST, LAST, second);
        addTo(client, 1_000);
        try (RespClient giving = first.client()) {
          giving.call("CLIENT", "KILL", "TYPE", "slave");
        }
        addTo(client, 1_000);
        link.crash();
        first.config("rdb-key-save-delay", "0");
      }
      addTo(client, 1_000);
      setup.startMode = StartMode.MUST_RESUME;
      finishEqual(setup, source, target);
    }
  }

  /** Nothing of this may be applied twice, or not at all. */
  private static void addTo(RespClient client, int commands) {
    List<String[]> all = new ArrayList<>();
    for (int i = 0; i < commands; i += 2) {
      all.add(new String[] {"RPUSH", "list:" + i % 700, Integer.toString(i)});
      all.add(new String[] {"INCR", "count:" + i % 90});
    }
    client.pipeline(all);
  }

  private static void finishEqual(
      RunningLink.Setup setup, RedisServer source, ClusterServers target) {
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().ledger().balanced()).isTrue();
      assertThat(link.status().deadLetters()).isEmpty();
      assertThat(link.said()).noneMatch(line -> line.contains("FULL_SYNC"));
    }
    assertThat(DatasetComparer.compare(source, target)).isEmpty();
  }

  /** A Valkey tells who gives slots away nothing of it: it only removes their keys. */
  @ParameterizedTest
  @EnumSource(names = {"V8_6", "VALKEY_9"})
  void endJobsThatHaveTheShardsAmongThemUntilOneHasAll(ServerVersion version) {
    try (ClusterServers source = cluster(version);
        RedisServer target = new RedisServer(version).start();
        ClusterWrites writes = new ClusterWrites(source, 25)) {
      writes.fill("key", 1_000, 20);
      writes.start();
      RunningLinks.Setup one = RunningLinks.between(source, target);
      one.slots = "0-5460";
      RunningLinks.Setup two = RunningLinks.between(source, target);
      two.slots = "5461-16383";
      try (RunningLinks first = one.start();
          RunningLinks second = two.start()) {
        first.awaitApplied(5_000);
        second.awaitApplied(5_000);
        source.migrate(FIRST, LAST, source.masters().get(1));
        for (RunningLinks each : List.of(first, second)) {
          assertThat(each.end().fault().code())
              .as("%s", each.said())
              .isEqualTo(FaultCode.SPREAD_RESHARDED);
        }
      }
      try (RunningLinks all = RunningLinks.between(source, target).start()) {
        awaitFetched(all);
        all.awaitApplied(5_000);
        writes.stop();
        assertThat(all.said()).noneMatch(line -> line.contains("FULL_SYNC"));
        all.awaitCaughtUp().finishWell();
      }
      assertThat(DatasetComparer.compare(source, target)).isEmpty();
    }
  }

  private static ClusterServers cluster(ServerVersion version) {
    return new ClusterServers(version, 3).option("repl-backlog-size", "64mb").start();
  }

  private static void awaitFetched(RunningLinks links) {
    links.await(
        "slots that moved are fetched",
        all ->
            all.stream()
                .flatMap(link -> link.healed().stream())
                .anyMatch(each -> each.reason() == HealReason.SLOT_MOVED));
    links.awaitPhase(Phase.INCREMENTAL);
  }
}
