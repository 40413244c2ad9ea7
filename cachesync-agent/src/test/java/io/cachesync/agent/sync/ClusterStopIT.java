package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.Desired;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.Folders;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a task leaves a cluster, also where a former agent cannot be asked or a removal was cut. */
class ClusterStopIT {
  private static final String NOWHERE = "127.0.0.1:1";

  @RegisterExtension
  static final RedisServer SOURCE =
      new RedisServer(ServerVersion.V7_4).option("databases", "1").withoutPings();

  @RegisterExtension static final ClusterServers TARGET = new ClusterServers(ServerVersion.V7_4, 3);

  @BeforeEach
  void fill() {
    SOURCE.flush();
    TARGET.flush();
    try (RespClient source = SOURCE.client()) {
      for (int i = 0; i < 200; i++) {
        source.call("SET", "key:" + i, "1");
      }
    }
  }

  @Test
  void isTakenFromALinkThatCannotBeAsked() {
    try (RunningLink former = setup().start()) {
      former.awaitCaughtUp();
      RunningLink.Setup elsewhere = setup();
      elsewhere.desired = Desired.STOP;
      try (RunningLink link = elsewhere.start()) {
        assertThat(link.end().phase()).as("%s", link.said()).isEqualTo(Phase.STOPPED);
        assertThat(link.said()).anyMatch(line -> line.contains("3 connections of former writers"));
      }
      write("late");
      assertThat(former.end().fault().code()).isEqualTo(FaultCode.FENCED);
      assertThat(TARGET.keys()).isGreaterThan(SOURCE.keys());
    }
    RunningLink.Setup again = setup();
    again.startMode = StartMode.MUST_RESUME;
    try (RunningLink link = again.start()) {
      link.awaitCaughtUp();
      assertThat(link.wasIn(Phase.FULL_SYNC)).isFalse();
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
    }
    assertEqual();
  }

  @Test
  void removesItsKeysAndAppliesNothing() {
    stopped();
    write("late");
    RunningLink.Setup removal = new RunningLink.Setup(NOWHERE, endpoint(Map.of()));
    removal.startMode = StartMode.MUST_RESUME;
    removal.desired = Desired.REMOVE;
    for (int time = 0; time < 2; time++) {
      try (RunningLink link = removal.start()) {
        assertThat(link.end().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(TARGET.keys()).isEqualTo(SOURCE.keys() - 1);
    }
  }

  /** The target must not be copied to once more: people may use it already. */
  @Test
  void aFinishWhoseRemovalWasCutIsEndedByTheSameLink() throws Exception {
    RedisServer first = TARGET.ownerOf(0);
    try (FaultProxy proxy = new FaultProxy(first.port())) {
      RunningLink.Setup setup = setup();
      setup.target = endpoint(Map.of(first.address(), "127.0.0.1:" + proxy.port()));
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        proxy.holdRepliesFrom("HMSET");
        link.direct(Desired.FINISH);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(proxy::repliesHeld);
        proxy.accept(false);
        proxy.resume();
        proxy.accept(true);
        assertThat(link.end().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.said()).filteredOn(line -> line.contains("full sync done")).hasSize(1);
      }
    }
    assertEqual();
  }

  /** What a removal has left must not be taken for a checkpoint, nor for an empty target. */
  @Test
  void aRemovalThatWasCutIsNotGoneOnFromAndIsEnded() throws Exception {
    RunningLink.Setup setup = stopped();
    cutRemoval(setup);
    try (RunningLink link = setup.start()) {
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.TARGET_NOT_EMPTY);
    }
    setup.startMode = StartMode.MUST_RESUME;
    try (RunningLink link = setup.start()) {
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.CHECKPOINT_GONE);
    }
    Files.writeString(setup.workDir.resolve("finishing"), "");
    try (RunningLink link = setup.start()) {
      assertThat(link.end().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.wasIn(Phase.FULL_SYNC)).isFalse();
    }
    assertEqual();
  }

  /** Its checkpoints are of a full sync of the same number, and of higher offsets. */
  @Test
  void aRemovalThatWasCutSpoilsNoFullSyncFromAnotherSource() {
    RunningLink.Setup setup = stopped();
    cutRemoval(setup);
    try (RedisServer other =
        new RedisServer(ServerVersion.V7_4).option("databases", "1").withoutPings().start()) {
      RunningLink.Setup anew = new RunningLink.Setup(other.address(), endpoint(Map.of()));
      anew.onExists = ConflictPolicy.REPLACE;
      for (int i = 0; i < 200; i++) {
        write(other, "key:" + i);
      }
      try (RunningLink link = anew.start()) {
        link.awaitCaughtUp();
        for (int i = 0; i < 200; i++) {
          write(other, "key:" + i);
        }
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      assertThat(DatasetComparer.compare(other, TARGET)).isEmpty();
    }
  }

  /** Ends the connection to the master that decides before any slot's keys are removed. */
  private static void cutRemoval(RunningLink.Setup setup) {
    RedisServer first = TARGET.ownerOf(0);
    try (FaultProxy proxy = new FaultProxy(first.port())) {
      setup.target = endpoint(Map.of(first.address(), "127.0.0.1:" + proxy.port()));
      // The first takes the epoch, the second says that there is nothing to go on from.
      proxy.holdRepliesFrom("HMSET", "HMSET");
      CompletableFuture<Finish.Result> removal =
          CompletableFuture.supplyAsync(
              () -> Finish.run(setup.spec(), EndpointSecrets.of(""), "cut"));
      Awaitility.await().atMost(Duration.ofSeconds(60)).until(proxy::repliesHeld);
      proxy.accept(false);
      assertThat(removal.join().fault().code()).isEqualTo(FaultCode.CONNECTION_LOST);
    }
    setup.target = endpoint(Map.of());
  }

  /** A link that has written to every master and was stopped. */
  private static RunningLink.Setup stopped() {
    RunningLink.Setup setup = setup();
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      for (int i = 0; i < 600; i++) {
        write("key:" + i % 200);
      }
      link.awaitCaughtUp();
      assertThat(link.stop().phase()).isEqualTo(Phase.STOPPED);
    }
    return setup;
  }

  private static void write(String key) {
    write(SOURCE, key);
  }

  private static void write(RedisServer source, String key) {
    try (RespClient client = source.client()) {
      client.call("INCR", key);
    }
  }

  private static void assertEqual() {
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    assertThat(TARGET.keys()).as("keys of ours").isEqualTo(SOURCE.keys());
  }

  private static RunningLink.Setup setup() {
    RunningLink.Setup setup = new RunningLink.Setup(SOURCE.address(), endpoint(Map.of()));
    setup.workDir = Folders.create("link");
    return setup;
  }

  private static RedisEndpoint endpoint(Map<String, String> addressMap) {
    return new RedisEndpoint(Topology.CLUSTER, TARGET.addresses(), "", null, addressMap);
  }
}
