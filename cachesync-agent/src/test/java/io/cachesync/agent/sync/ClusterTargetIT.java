package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.sample.SampleWriter;
import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One server into a cluster: the same life as into one server, in a lane for each hash slot. */
class ClusterTargetIT {
  @RegisterExtension
  static final RedisServer SOURCE =
      new RedisServer(ServerVersion.V7_0)
          .option("repl-backlog-size", "64mb")
          // One that comes while our keys are removed would be read and not applied.
          .withoutPings();

  @RegisterExtension static final ClusterServers TARGET = new ClusterServers(ServerVersion.V7_0, 3);

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @Test
  void leavesAKeyAloneThatItHasAlready() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.filter = new FilterSpec(List.of(0), false);
    setup.onExists = ConflictPolicy.SKIP;
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.owners()[ClusterServers.slot("taken")].client()) {
      target.call("SET", "taken", "there before");
      source.call("RPUSH", "taken", "a");
      source.call("RPUSH", "free", "a");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        source.call("RPUSH", "taken", "b");
      }
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        source.call("DEL", "taken", "free");
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      }
      assertThat(target.call("GET", "taken")).isEqualTo("there before");
    }
    assertThat(TARGET.masters()).allSatisfy(this::holdsNothingOfOurs);
  }

  private void holdsNothingOfOurs(RedisServer master) {
    try (RespClient client = master.client()) {
      assertThat(client.list("KEYS", "cachesync:*")).isEmpty();
      assertThat(client.list("KEYS", "free")).isEmpty();
    }
  }

  @Test
  void bothSidesAreEqualAfterFinish() throws Exception {
    try (SampleWriter writer = LinkIT.writerTo(SOURCE)) {
      writer.fill(5_000, 1);
      AtomicBoolean writing = new AtomicBoolean(true);
      CompletableFuture<Long> writes = LinkIT.trickle(writer, writing);
      try (RunningLink link = setup().start()) {
        link.awaitCaughtUp();
        writing.set(false);
        assertThat(writes.get()).isPositive();
        finish(link);
      }
    }
  }

  @Test
  void goesOnWhereKilledAgentsStood() throws Exception {
    RunningLink.Setup setup = setup();
    try (SampleWriter writer = LinkIT.writerTo(SOURCE)) {
      writer.fill(2_000, 1);
      AtomicBoolean writing = new AtomicBoolean(true);
      CompletableFuture<Long> writes = LinkIT.trickle(writer, writing);
      for (int kill = 0; kill < 5; kill++) {
        RunningLink link = setup.start().awaitPhase(Phase.INCREMENTAL);
        link.awaitApplied(20_000);
        link.crash();
      }
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        writing.set(false);
        writes.get();
        finish(link);
        assertThat(link.wasIn(Phase.FULL_SYNC)).isFalse();
      }
    }
  }

  @Test
  void repeatsNothingOfARoundThatWasAcknowledged() {
    try (RunningLink link = setup().start();
        RespClient source = SOURCE.client();
        RespClient target = TARGET.ownerOf(ClusterServers.slot("counter")).client()) {
      link.awaitCaughtUp();
      for (int i = 1; i <= 20; i++) {
        String counted = Integer.toString(i);
        source.call("INCR", "counter");
        Awaitility.await()
            .pollInterval(Duration.ofMillis(1))
            .until(() -> counted.equals(target.call("GET", "counter")));
        // The watermark is a round behind for as long as no other round comes.
        target.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      }
      link.awaitCaughtUp();
      assertThat(link.status().retries()).isPositive();
      finish(link);
    }
  }

  @Test
  void losesNothingOfARoundThatEndedInItsMiddle() {
    RunningLink.Setup setup = setup();
    String value = RunningLink.noise(200);
    try (RespClient source = SOURCE.client()) {
      source.call("SET", "first", "1");
      for (int crash = 0; crash < 5; crash++) {
        RunningLink link = setup.start().awaitPhase(Phase.INCREMENTAL);
        link.awaitCaughtUp();
        List<String[]> writes = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
          writes.add(new String[] {"SET", "key:" + i, crash + value});
        }
        long stood = link.status().appliedOffset();
        CompletableFuture<Void> written = CompletableFuture.runAsync(() -> source.pipeline(writes));
        link.awaitAppliedUpTo(stood + 100_000);
        link.crash();
        written.join();
      }
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        finish(link);
      }
    }
  }

  @Test
  void splitsWhatIsTheSameAndFetchesWhatCrossesSlots() {
    try (RunningLink link = setup().start();
        RespClient client = SOURCE.client()) {
      link.awaitCaughtUp();
      client.call("MSET", "a", "1", "b", "2", "c", "3", "{a}d", "4");
      client.call("DEL", "b", "{a}d");
      client.call("SADD", "s1", "x", "y");
      client.call("SADD", "s2", "y", "z");
      client.call("SUNIONSTORE", "s3", "s1", "s2");
      client.call("RENAME", "c", "renamed");
      client.call("APPEND", "renamed", "more");
      client.call("RPUSH", "l1", "1", "2", "3");
      client.call("LMOVE", "l1", "l2", "LEFT", "RIGHT");
      client.call("MULTI");
      client.call("INCR", "n1");
      client.call("INCR", "n2");
      client.call("COPY", "n2", "n3");
      client.call("EXEC");
      link.awaitCaughtUp();
      finish(link);
      assertThat(link.status().healed()).isNotEmpty();
      assertThat(link.status().deadLetters()).isEmpty();
    }
  }

  private static void finish(RunningLink link) {
    LinkOutcome outcome = link.finish();
    assertThat(outcome.phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    LinkStatus status = link.status();
    assertThat(status.ledger().waiting()).isZero();
    assertThat(status.ledger().balanced()).isTrue();
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
    try (RespClient source = SOURCE.client()) {
      assertThat(TARGET.keys()).as("keys of ours").isEqualTo(source.number("DBSIZE"));
    }
  }

  private static RunningLink.Setup setup() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    setup.filter = new FilterSpec(List.of(0), false);
    return setup;
  }
}
