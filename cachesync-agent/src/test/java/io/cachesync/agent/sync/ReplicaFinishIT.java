package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The finish of a link whose source is a replica that its stream may not come from any more. */
class ReplicaFinishIT {
  private RedisServer master;

  /** One of two ways from the replica to its master: another way is another master to it. */
  private FaultProxy wire;

  private RedisServer replica;
  private RedisServer target;

  /** From the link to its source. */
  private FaultProxy way;

  private RespClient writer;

  /** None of them is there where this machine lacks the version. */
  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : Arrays.asList(writer, way, target, replica, wire, master)) {
      if (each != null) {
        each.close();
      }
    }
  }

  /** Below 4.0 it names no history, and where it is given another master counts from 0. */
  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V3_2"})
  void oneThatCountsAnewIsNotTakenForOneThatHasNothingMore(ServerVersion version) {
    begin(version);
    try (RunningLink link = throughWay().start()) {
      writer.call("SET", "before", "1");
      settle(link);
      // The stream is not to come back before it is asked where the source stands.
      way.refuseNew();
      writer.call("SET", "meanwhile", "1");
      giveAnotherMaster();
      // One that is without its master for longer than a finish waits would not be asked.
      awaitReplica();
      assertThat(replica.replOffset()).isLessThan(link.status().appliedOffset());
      finishAndLetItBack(link);
      assertThat(link.end().fault()).as("%s", link.said()).isNotNull();
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.BACKLOG_OVERRUN);
    }
  }

  /**
   * Where another one replicates from it, it counts on, and may come by just where the link stands:
   * seen before that, or by nobody.
   */
  @ParameterizedTest
  @CsvSource({"V2_8,true", "V2_8,false", "V3_2,true", "V3_2,false"})
  void oneThatComesByWhereTheLinkStandsIsNotTakenForOneThatHasNothingMore(
      ServerVersion version, boolean seenBefore) {
    begin(version);
    for (RedisServer each : List.of(master, replica)) {
      each.config("repl-ping-slave-period", "3600");
    }
    try (RedisServer other = replicaBehind(replica.port());
        RunningLink link = throughWay().start()) {
      writer.call("SET", "before", "v".repeat(2_000));
      settle(link);
      way.refuseNew();
      if (!seenBefore) {
        way.stall();
      }
      giveAnotherMaster();
      countUpTo(link.status().appliedOffset(), other);
      way.resume();
      awaitAsked(3, link);
      finishAndLetItBack(link);
      assertThat(link.end().fault()).as("%s", link.said()).isNotNull();
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.BACKLOG_OVERRUN);
    }
  }

  /** A link that is started to be finished has not heard of its source yet. */
  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V3_2"})
  void aStartThatIsToFinishWaitsForItsStream(ServerVersion version) {
    begin(version);
    RunningLink.Setup setup = throughWay();
    try (RunningLink link = setup.start()) {
      writer.call("SET", "before", "1");
      settle(link);
    }
    giveAnotherMaster();
    writer.call("SET", "meanwhile", "1");
    awaitReplica();
    setup.desired = Desired.FINISH;
    setup.onSaid =
        line -> {
          if (line.startsWith("target taken")) {
            awaitAsked(2, null);
            way.refuseNew();
          }
        };
    try (RunningLink link = setup.start()) {
      finishAndLetItBack(link);
      assertThat(link.end().fault()).as("%s", link.said()).isNotNull();
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.BACKLOG_OVERRUN);
    }
  }

  /** Where nothing has changed behind it, the stream comes back, and the finish goes on. */
  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V3_2", "V7_0"})
  void aFinishOutlivesAStreamThatIsAway(ServerVersion version) {
    begin(version);
    try (RunningLink link = throughWay().start()) {
      link.awaitCaughtUp();
      way.refuseNew();
      try (RespClient client = replica.client()) {
        // Without the link's other connections.
        client.call("CLIENT", "KILL", "TYPE", "slave");
      }
      writer.call("SET", "last", "1");
      awaitReplica();
      finishAndLetItBack(link);
      assertThat(link.end().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.said()).noneMatch(line -> line.contains("does not tell"));
      DatasetComparer.assertEqual(master, target);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"V2_8", "V7_0"})
  void aFinishWithoutItsSourceTellsThatItMayLackSomething(ServerVersion version) {
    begin(version);
    try (RunningLink link = throughWay().start()) {
      link.awaitCaughtUp();
      replica.kill();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.said()).anyMatch(line -> line.contains("the source does not tell"));
    }
  }

  private void begin(ServerVersion version) {
    master = new RedisServer(version).start();
    wire = new FaultProxy(master.port());
    writer = master.client();
    writer.call("SET", "first", "1");
    replica = replicaBehind(wire.port());
    target = new RedisServer(version).start();
    way = new FaultProxy(replica.port());
  }

  private RedisServer replicaBehind(int port) {
    RedisServer behind =
        new RedisServer(master.version()).option("slaveof", "127.0.0.1 " + port).start();
    awaitUntil(() -> behind.keys() == master.keys());
    return behind;
  }

  private RunningLink.Setup throughWay() {
    RunningLink.Setup setup = RunningLink.between(replica, target);
    setup.sourceEndpoint = RunningLink.endpoint("127.0.0.1:" + way.port());
    return setup;
  }

  private void giveAnotherMaster() {
    try (RespClient client = replica.client()) {
      client.call("SLAVEOF", "127.0.0.1", Integer.toString(master.port()));
    }
  }

  /** The source is asked where it stands meanwhile, and its stream does not come. */
  private void finishAndLetItBack(RunningLink link) {
    link.direct(Desired.FINISH);
    link.awaitPhase(Phase.FINISHING);
    awaitAsked(3, link);
    way.accept(true);
  }

  /** Lets the replica count just so far: its own replica is what it counts for. */
  private void countUpTo(long offset, RedisServer other) {
    awaitReplica();
    writer.call("SET", "meanwhile", "1");
    awaitUntil(() -> other.keys() == master.keys() && replica.replOffset() > 0);
    long before = replica.replOffset();
    // From then on without a SELECT.
    writer.call("SET", "meanwhile", "22");
    awaitUntil(() -> replica.replOffset() > before);
    long left = offset - replica.replOffset();
    int around = "*3\r\n$3\r\nSET\r\n$9\r\nmeanwhile\r\n$1000\r\n\r\n".length();
    String value = "v".repeat((int) left - around);
    assertThat(value.length()).as("four digits").isBetween(1_000, 9_999);
    writer.call("SET", "meanwhile", value);
    awaitUntil(() -> replica.replOffset() >= offset);
    assertThat(replica.replOffset()).isEqualTo(offset);
  }

  /**
   * Until the replica was asked so often where it stands.
   *
   * @param link that may have ended, or null
   */
  private void awaitAsked(int times, RunningLink link) {
    try (RespClient client = replica.client()) {
      long from = client.calls("info");
      AtomicLong own = new AtomicLong();
      awaitUntil(
          () ->
              client.calls("info") - from - own.incrementAndGet() >= times
                  || (link != null && link.link().outcome().isPresent()));
    }
  }

  private void settle(RunningLink link) {
    awaitReplica();
    link.awaitCaughtUp();
  }

  private void awaitReplica() {
    ReplicaSourceIT.awaitThatHas(replica, master);
  }

  private static void awaitUntil(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
  }
}
