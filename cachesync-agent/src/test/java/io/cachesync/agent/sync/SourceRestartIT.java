package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A source that ends and is started again, with all of its data, with less, or with none. */
class SourceRestartIT {
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @BeforeEach
  void empty() {
    TARGET.flush();
  }

  /** From 7.0 on a snapshot tells the history that it is of, and the stream goes on from there. */
  @Test
  void goesOnWhereItsSnapshotHasEverything() {
    try (RedisServer source = server(ServerVersion.V7_0).start()) {
      RunningLink.Setup setup = RunningLink.between(source, TARGET);
      try (RunningLink link = setup.start()) {
        write(source, "before");
        link.awaitCaughtUp();
        source.restart();
        write(source, "after");
        finish(link);
        assertThat(link.said().stream().filter(line -> line.contains("phase FULL_SYNC ")))
            .isEmpty();
        assertThat(link.said()).anyMatch(line -> line.contains("under the replication id"));
      }
      assertEqual(source);
    }
  }

  /** What was written behind the snapshot is lost there, and was applied here. */
  @Test
  void takesBackWhatTheSourceHasLost() {
    try (RedisServer source = server(ServerVersion.V7_0).start()) {
      RunningLink.Setup setup = RunningLink.between(source, TARGET);
      try (RunningLink link = setup.start()) {
        write(source, "before");
        link.awaitCaughtUp();
        byte[] snapshot = source.save();
        write(source, "lost");
        call(source, "DEL", "string:0", "list:1");
        call(source, "SUNIONSTORE", "union", "set:1", "set:2");
        link.awaitCaughtUp();
        source.setBack(snapshot);
        write(source, "after");
        finish(link);
        assertThat(link.healed(HealReason.SOURCE_FAILED_OVER)).isPositive();
      }
      assertEqual(source);
    }
  }

  /**
   * The target has lost more than the source: what lies between is in the relay log alone, as a
   * source that was started again has no backlog from before.
   */
  @Test
  void goesOnOutOfItsLogWhereTheTargetComesBackWithLessStill() {
    try (RedisServer source = server(ServerVersion.V7_0).start()) {
      RunningLink.Setup setup = RunningLink.between(source, TARGET);
      try (RunningLink link = setup.start()) {
        write(source, "before");
        link.awaitCaughtUp();
        byte[] less = TARGET.save();
        write(source, "between");
        byte[] snapshot = source.save();
        write(source, "lost");
        link.awaitCaughtUp();
        source.setBack(snapshot);
        TARGET.setBack(less);
        write(source, "after");
        finish(link);
        assertThat(link.healed(HealReason.SOURCE_FAILED_OVER)).isPositive();
        assertThat(link.said()).anyMatch(line -> line.contains("the relay log is cut"));
      }
      assertEqual(source);
    }
  }

  /** The history that the task stands in is then not even the last one of the source. */
  @Test
  void stopsWhereTheSourceWasSetBackTwiceWhileNobodyLooked() {
    try (RedisServer source = server(ServerVersion.V7_0).start()) {
      RunningLink.Setup setup = RunningLink.between(source, TARGET);
      write(source, "before");
      byte[] snapshot = source.save();
      try (RunningLink link = setup.start()) {
        write(source, "lost");
        link.awaitCaughtUp();
        link.stop();
      }
      source.setBack(snapshot);
      write(source, "lost too");
      source.restart();
      write(source, "after");
      stopsAndIsBegunAfresh(setup, source);
    }
  }

  /** An append-only file tells of no history: nothing is lost, but nobody can know. */
  @Test
  void stopsWhereItWasStartedFromAnAppendOnlyFile() {
    try (RedisServer source = server(ServerVersion.V7_0).option("appendonly", "yes").start()) {
      RunningLink.Setup setup = RunningLink.between(source, TARGET);
      try (RunningLink link = setup.start()) {
        write(source, "before");
        link.awaitCaughtUp();
        source.kill();
        source.start();
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.SOURCE_REPLACED);
      }
      assertThat(TARGET.keys()).as("what was copied stays").isPositive();
      write(source, "after");
      stopsAndIsBegunAfresh(setup, source);
    }
  }

  /** Before 7.0 a master's snapshot tells of none either. */
  @Test
  void stopsWhereAnOlderOneWasStartedAgain() {
    try (RedisServer source = server(ServerVersion.V6_2).start()) {
      RunningLink.Setup setup = RunningLink.between(source, TARGET);
      write(source, "before");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        link.stop();
      }
      source.restart();
      stopsAndIsBegunAfresh(setup, source);
    }
  }

  /**
   * A replica keeps the history of its master, and stands behind it for a moment: here for as long
   * as its master sends to it slowly.
   */
  @Test
  void waitsForAReplicaThatIsBroughtUpByItsMaster() {
    try (RedisServer master = server(ServerVersion.V7_0).start();
        FaultProxy between = new FaultProxy(master.port());
        RedisServer replica =
            server(ServerVersion.V7_0).option("replicaof", "127.0.0.1 " + between.port()).start()) {
      awaitReplicated(master, replica);
      RunningLink.Setup setup = RunningLink.between(replica, TARGET);
      try (RunningLink link = setup.start()) {
        write(master, "before");
        awaitReplicated(master, replica);
        byte[] snapshot = replica.save();
        write(master, "behind");
        call(master, "SET", "large", RunningLink.noise(4_000_000));
        awaitReplicated(master, replica);
        link.awaitCaughtUp();
        between.slowReplies(100_000);
        replica.setBack(snapshot);
        Awaitility.await()
            .until(() -> link.said().stream().anyMatch(line -> line.contains("its master brings")));
        write(master, "after");
        between.slowReplies(0);
        awaitReplicated(master, replica);
        finish(link);
        assertThat(link.healed(HealReason.SOURCE_FAILED_OVER)).isZero();
        assertThat(link.said().stream().filter(line -> line.contains("phase FULL_SYNC_WAITING")))
            .as("%s", link.said())
            .hasSize(1);
      }
      assertEqual(master);
    }
  }

  private static RedisServer server(ServerVersion version) {
    return new RedisServer(version).option("repl-backlog-size", "16mb").withoutPings();
  }

  private static void stopsAndIsBegunAfresh(RunningLink.Setup setup, RedisServer source) {
    try (RunningLink link = setup.start()) {
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.SOURCE_REPLACED);
    }
    setup.afresh = true;
    try (RunningLink link = setup.start()) {
      finish(link);
    }
    assertEqual(source);
  }

  private static void awaitReplicated(RedisServer master, RedisServer replica) {
    Awaitility.await().until(() -> replica.replOffset() == master.replOffset());
  }

  private static void write(RedisServer server, String value) {
    List<String[]> writes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      writes.add(new String[] {"SET", "string:" + i, value});
      writes.add(new String[] {"RPUSH", "list:" + i, value});
      writes.add(new String[] {"INCR", "counter:" + i});
      writes.add(new String[] {"SADD", "set:" + i, value});
    }
    server.pipeline(writes);
  }

  private static void call(RedisServer server, String... command) {
    try (RespClient client = server.client()) {
      client.call(command);
    }
  }

  private static void finish(RunningLink link) {
    link.awaitCaughtUp();
    assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    assertThat(link.status().ledger().balanced()).isTrue();
  }

  private static void assertEqual(RedisServer source) {
    assertThat(DatasetComparer.compare(source, TARGET)).isEmpty();
  }
}
