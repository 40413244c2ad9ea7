package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A source that is a replica, with a wire to its master that may break. */
class ReplicaSourceIT {
  /** Who answers where the replica has its master. */
  private enum Answering {
    ANOTHER,
    NOBODY,
    REFUSES
  }

  private static final int LIFE_MILLIS = 400;
  private static final int GRACE_MILLIS = 300;
  private static final Duration LONGER_THAN_BOTH = Duration.ofMillis(1_200);

  private RedisServer master;
  private RedisServer replica;
  private RedisServer target;
  private FaultProxy wire;
  private RespClient writer;

  /** None of them is there where this machine lacks the version. */
  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : Arrays.asList(writer, wire, target, replica, master)) {
      if (each != null) {
        each.close();
      }
    }
  }

  /** What the replica sends on at once may be old: the target has let the session go by then. */
  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V6_2", "V7_0", "V7_4"})
  void aSessionOutlivesAReplicaThatIsBehind(ServerVersion version) {
    begin(version);
    try (RunningLink link = impatient(replica).start()) {
      link.awaitCaughtUp();
      outlive(link);
      DatasetComparer.assertEqual(master, target);
    }
  }

  /**
   * Neither a master that does not answer nor who answers in its place tells how old a write is.
   */
  @ParameterizedTest
  @CsvSource({"V2_8,ANOTHER", "V3_2,ANOTHER", "V7_0,ANOTHER", "V7_0,NOBODY", "V7_0,REFUSES"})
  void aSessionOutlivesAReplicaThatIsBehindWhereItsMasterCannotBeAsked(
      ServerVersion version, Answering answering) {
    begin(version);
    try (RedisServer another = new RedisServer(version).start()) {
      RunningLink.Setup setup = impatient(replica);
      setup.sourceEndpoint =
          mapped(
              switch (answering) {
                case ANOTHER -> another.address();
                case NOBODY -> "127.0.0.1:" + RedisServer.freePort();
                case REFUSES -> master.address();
              });
      if (answering == Answering.REFUSES) {
        writer.call("CONFIG", "SET", "requirepass", "of its own");
      }
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        if (version.atLeast(ServerVersion.V6_0)) {
          Awaitility.await()
              .atMost(Duration.ofSeconds(60))
              .until(() -> link.said().stream().anyMatch(ReplicaSourceIT::tellsOfMaster));
        }
        // Who refuses is left alone for a minute.
        writer.call("CONFIG", "SET", "requirepass", "");
        outlive(link);
        DatasetComparer.assertEqual(master, target);
      }
    }
  }

  @Test
  void aSessionOutlivesAReplicaOfAReplicaThatIsBehind() {
    begin(ServerVersion.V7_0);
    try (RedisServer last =
        new RedisServer(ServerVersion.V7_0)
            .option("slaveof", "127.0.0.1 " + replica.port())
            .start()) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> last.keys() == 1 && last.replOffset() >= replica.replOffset());
      try (RunningLink link = impatient(last).start()) {
        link.awaitCaughtUp();
        outlive(link);
        DatasetComparer.assertEqual(master, target);
      }
    }
  }

  /** Below 5.0 the snapshot of one that is behind lacks what its master has renewed. */
  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V3_2", "V7_0"})
  void aSessionThatItsSnapshotLacksIsFetched(ServerVersion version) {
    begin(version);
    renew();
    awaitReplica();
    wire.stall();
    renew();
    writer.call("PERSIST", "session");
    long end = System.nanoTime() + Duration.ofMillis(LIFE_MILLIS + 100).toNanos();
    Awaitility.await().until(() -> System.nanoTime() > end);
    try (RunningLink link = RunningLink.between(replica, target).start()) {
      link.awaitPhase(Phase.INCREMENTAL);
      wire.resume();
      settle(link);
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      DatasetComparer.assertEqual(master, target);
    }
  }

  /** Its master deletes what has expired when it is asked for it. */
  @ParameterizedTest
  @EnumSource(names = {"V3_2", "V6_2", "V7_0", "V7_4"})
  void aKeyThatItHidesIsAskedOfItsMaster(ServerVersion version) {
    begin(version);
    try (RunningLink link = RunningLink.between(replica, target).start()) {
      leaveInDoubt(link);
      link.direct(Desired.RUN);
      settle(link);
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().deadLetters()).isEmpty();
      assertThat(link.wasIn(Phase.RETRYING)).isFalse();
      DatasetComparer.assertEqual(master, target);
    }
  }

  /** It is no dead letter: what becomes of it nobody can tell before. */
  @ParameterizedTest
  @EnumSource(names = {"V3_2", "V7_0"})
  void whereItsMasterIsAwayItIsWaitedFor(ServerVersion version) {
    begin(version);
    try (RunningLink link = RunningLink.between(replica, target).start()) {
      leaveInDoubt(link);
      wire.accept(false);
      link.direct(Desired.RUN);
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> link.said().stream().anyMatch(ReplicaSourceIT::tellsOfSession));
      wire.accept(true);
      settle(link);
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().deadLetters()).isEmpty();
      DatasetComparer.assertEqual(master, target);
    }
  }

  /** Whoever looks for the reason is not led to a master that nobody has asked. */
  @Test
  void whereAnotherAnswersThatIsTold() {
    begin(ServerVersion.V7_0);
    try (RedisServer another = new RedisServer(ServerVersion.V7_0).start()) {
      RunningLink.Setup setup = RunningLink.between(replica, target);
      setup.sourceEndpoint = mapped(another.address());
      try (RunningLink link = setup.start()) {
        leaveInDoubt(link);
        link.direct(Desired.RUN);
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> link.said().stream().anyMatch(ReplicaSourceIT::tellsOfSession));
        assertThat(link.said())
            .anyMatch(line -> tellsOfSession(line) && line.contains("another history"));
        writer.call("DEBUG", "SET-ACTIVE-EXPIRE", "1");
        settle(link);
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        DatasetComparer.assertEqual(master, target);
      }
    }
  }

  /** Below 4.0 it does not tell of what it has copied, and may come by where it was left. */
  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V3_2"})
  void anOldOneThatHasCopiedItsMasterAnewIsNotGoneOnFrom(ServerVersion version) {
    begin(version);
    RunningLink.Setup setup = RunningLink.between(replica, target);
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      // A partial resync keeps everything.
      wire.cut();
      writer.call("SET", "before", "1");
      settle(link);
    }
    // So does a start.
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      wire.accept(false);
      writer.call("SET", "meanwhile", "1");
      // What its master had kept for it is gone.
      writer.call("CONFIG", "SET", "repl-backlog-size", "20000");
      wire.accept(true);
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.BACKLOG_OVERRUN);
      assertThat(link.end().fault().message()).contains("below 4.0");
    }
  }

  /** It counts from 0 behind another master, under the same name. */
  @Test
  void anOldOneWithAnotherMasterIsNotGoneOnFromWhereItComesByAgain() {
    begin(ServerVersion.V3_2);
    RunningLink.Setup setup = RunningLink.between(replica, target);
    long applied;
    try (RunningLink link = setup.start()) {
      writer.call("SET", "before", "1");
      settle(link);
      applied = link.status().appliedOffset();
    }
    try (RespClient client = replica.client()) {
      client.call("SLAVEOF", "127.0.0.1", Integer.toString(master.port()));
      awaitReplica();
    }
    // Who replicates from it lets it count.
    try (RedisServer other =
        new RedisServer(ServerVersion.V3_2)
            .option("slaveof", "127.0.0.1 " + replica.port())
            .start()) {
      Awaitility.await().until(() -> other.keys() == replica.keys());
      while (replica.replOffset() < 2 * applied) {
        writer.call("SET", "meanwhile", "1");
        awaitReplica();
      }
      try (RunningLink link = setup.start()) {
        assertThat(link.end().fault().code()).isEqualTo(FaultCode.BACKLOG_OVERRUN);
        assertThat(link.end().fault().message()).contains("below 4.0");
      }
    }
  }

  /** What was written before a finish is moved, also where the replica has not got it yet. */
  @Test
  void aFinishWaitsForWhatItsMasterHas() {
    begin(ServerVersion.V7_0);
    RunningLink.Setup setup = RunningLink.between(replica, target);
    setup.sourceEndpoint = mapped(master.address());
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      wire.stall();
      writer.call("SET", "last", "1");
      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> link.status().lagBytes() > 0);
      link.direct(Desired.FINISH);
      link.awaitPhase(Phase.FINISHING);
      // What is told of this was told behind the finish.
      writer.call("SET", "behind", "1");
      long written = master.replOffset();
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .failFast("it has not waited", () -> link.link().outcome().isPresent())
          .until(() -> link.status().sourceOffset() >= written);
      wire.resume();
      assertThat(link.end().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      DatasetComparer.assertEqual(master, target);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V7_0"})
  void aFinishWithoutItsMasterTellsThatItMayLackSomething(ServerVersion version) {
    begin(version);
    try (RunningLink link = RunningLink.between(replica, target).start()) {
      link.awaitCaughtUp();
      wire.accept(false);
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                try (RespClient client = replica.client()) {
                  return "down".equals(client.info("replication").get("master_link_status"));
                }
              });
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.said()).anyMatch(line -> line.contains("a replica without its master"));
    }
  }

  /** A target lets a session go that is not renewed there for little longer than it lives. */
  private RunningLink.Setup impatient(RedisServer source) {
    RunningLink.Setup setup = RunningLink.between(source, target);
    setup.graceMillis = GRACE_MILLIS;
    return setup;
  }

  private static boolean tellsOfSession(String line) {
    return line.contains("MASTER_DOWN: ") && line.contains("'session' in database 0");
  }

  private static boolean tellsOfMaster(String line) {
    return line.startsWith("WARN the source is a replica, and its master ");
  }

  private void begin(ServerVersion version) {
    master = new RedisServer(version).start();
    wire = new FaultProxy(master.port());
    replica = new RedisServer(version).option("slaveof", "127.0.0.1 " + wire.port()).start();
    target = new RedisServer(version).start();
    writer = master.client();
    writer.call("SET", "first", "1");
    awaitReplica();
  }

  /** Renews a session while the replica hears nothing of it, and ends the link behind that. */
  private void outlive(RunningLink link) {
    renew();
    settle(link);
    wire.stall();
    long end = System.nanoTime() + LONGER_THAN_BOTH.toNanos();
    Awaitility.await()
        .pollInterval(Duration.ofMillis(LIFE_MILLIS / 4))
        .until(
            () -> {
              renew();
              return System.nanoTime() > end;
            });
    writer.call("PERSIST", "session");
    wire.resume();
    settle(link);
    assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
  }

  /**
   * @param leadsTo where the address leads from here that the replica names as its master's
   */
  private RedisEndpoint mapped(String leadsTo) {
    return new RedisEndpoint(
        Topology.STANDALONE,
        List.of(replica.address()),
        "",
        null,
        Map.of("127.0.0.1:" + wire.port(), leadsTo));
  }

  private void renew() {
    writer.call("HINCRBY", "session", "visits", "1");
    writer.call("PEXPIRE", "session", Integer.toString(LIFE_MILLIS));
  }

  /**
   * Lets a key be in doubt that has expired at the replica, and that its master has not deleted.
   */
  private void leaveInDoubt(RunningLink link) {
    writer.call("HSET", "session", "visits", "1");
    settle(link);
    try (RespClient other = target.client()) {
      other.call("DEL", "session");
      other.call("SET", "session", "another type");
    }
    link.direct(Desired.PAUSE);
    link.awaitPhase(Phase.PAUSED);
    writer.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
    writer.call("HINCRBY", "session", "visits", "1");
    writer.call("PEXPIRE", "session", "1");
    awaitReplica();
    try (RespClient reader = replica.client()) {
      Awaitility.await().until(() -> reader.call("HGET", "session", "visits") == null);
    }
    Awaitility.await().until(() -> link.status().receivedOffset() >= replica.replOffset());
  }

  private void settle(RunningLink link) {
    awaitReplica();
    link.awaitCaughtUp();
  }

  private void awaitReplica() {
    awaitThatHas(replica, master);
  }

  /** Until a replica has what its master has now. */
  static void awaitThatHas(RedisServer replica, RedisServer master) {
    long offset = master.replOffset();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              try (RespClient client = replica.client()) {
                Map<String, String> info = client.info("replication");
                return "up".equals(info.get("master_link_status"))
                    && Long.parseLong(info.get("slave_repl_offset")) >= offset;
              }
            });
  }
}
