package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A target that comes back with less than it had acknowledged: restarted from an older dump. */
class SetBackIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String CHECKPOINT = "cachesync:ckpt:{0}:task:0.0";

  /** The source's backlog does not reach back: what is missing comes out of the relay log. */
  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V7_0"})
  void appliesAgainFromWhereTheTargetStands(ServerVersion version) throws Exception {
    try (RedisServer source = withoutBacklog(version);
        RedisServer target = new RedisServer(version).start();
        RunningLink link = RunningLink.between(source, target).start();
        Counting counting = new Counting(source)) {
      link.awaitCaughtUp();
      counting.start();
      for (int round = 0; round < 3; round++) {
        long before = link.status().appliedOffset();
        awaitApplied(link, before + 20_000);
        byte[] saved = target.save();
        awaitApplied(link, link.status().appliedOffset() + 60_000);
        long told = setBacks(link);
        target.setBack(saved);
        Awaitility.await().atMost(PATIENCE).until(() -> setBacks(link) > told);
        awaitApplied(link, link.status().receivedOffset());
      }
      counting.stop();
      assertEqualInTheEnd(link, source, target);
    }
  }

  /** Times to live that the source has renewed meanwhile, and ones that ran out. */
  @Test
  void fetchesAgainWhatHasExpiredAtATargetThatWasSetBack() throws Exception {
    try (RedisServer source = withoutBacklog(ServerVersion.V7_0);
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = source.client();
        RunningLink link = RunningLink.between(source, target).start()) {
      link.awaitCaughtUp();
      visit(source, 10_000);
      link.awaitCaughtUp();
      byte[] saved = target.save();
      visit(source, 600_000);
      assertThat(client.call("HGET", "session:0", "a")).as("renewed in time").isEqualTo("2");
      link.awaitCaughtUp();
      target.kill();
      // Where they were not renewed they would be gone by now.
      awaitExpired(client);
      target.setBack(saved);
      assertEqualInTheEnd(link.awaitCaughtUp(), source, target);
      assertThat(link.status().healed()).isNotEmpty();
    }
  }

  @Test
  void soDoesALinkThatIsStartedAgain() throws Exception {
    try (RedisServer source = withoutBacklog(ServerVersion.V7_0);
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        Counting counting = new Counting(source)) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      byte[] saved;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        counting.start();
        awaitApplied(link, link.status().appliedOffset() + 20_000);
        saved = target.save();
        awaitApplied(link, link.status().appliedOffset() + 60_000);
        counting.stop();
        // More of it than the source's backlog holds may be on its way still.
        long written = source.replOffset();
        Awaitility.await().until(() -> link.status().receivedOffset() >= written);
        link.crash();
      }
      target.setBack(saved);
      try (RunningLink link = setup.start();
          RespClient client = source.client()) {
        client.call("INCR", "counter:0");
        assertEqualInTheEnd(link, source, target);
      }
    }
  }

  /** The dump is older than the start of the link that meets it: that one is not fenced by it. */
  @Test
  void aDumpOfAFormerStartFencesNobody() throws Exception {
    // It is written to between the two starts, however long that takes.
    RedisServer server = new RedisServer(ServerVersion.V7_0).option("repl-backlog-size", "64mb");
    try (RedisServer source = server.withoutPings().start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        Counting counting = new Counting(source)) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      byte[] saved;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        counting.start();
        awaitApplied(link, link.status().appliedOffset() + 20_000);
        saved = target.save();
        awaitApplied(link, link.status().appliedOffset() + 20_000);
      }
      try (RunningLink link = setup.start()) {
        awaitApplied(link, link.status().appliedOffset() + 80_000);
        target.setBack(saved);
        awaitApplied(link, link.status().receivedOffset());
        counting.stop();
        assertThat(setBacks(link)).isOne();
        assertEqualInTheEnd(link, source, target);
      }
    }
  }

  @Test
  void anOlderCheckpointInTheSameDataIsSomebodysMistake() throws Exception {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).withoutPings().start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient toSource = source.client();
        RespClient toTarget = target.client();
        RunningLink link = RunningLink.between(source, target).start()) {
      link.awaitCaughtUp();
      String stood = toTarget.text("GET", CHECKPOINT);
      toSource.call("INCR", "counter");
      link.awaitCaughtUp();
      toTarget.call("SET", CHECKPOINT, stood);
      toSource.call("INCR", "counter");
      assertThat(link.end().fault().code()).isEqualTo(FaultCode.CHECKPOINT_MISMATCH);
      assertThat(toTarget.call("GET", "counter")).isEqualTo("1");
    }
  }

  private static RedisServer withoutBacklog(ServerVersion version) {
    return new RedisServer(version).option("repl-backlog-size", "16kb").withoutPings().start();
  }

  private static void awaitApplied(RunningLink link, long offset) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .failFast(
            () -> {
              if (link.link().outcome().isPresent()) {
                throw new AssertionError("ended: " + link.link().outcome() + "\n" + link.said());
              }
            })
        .until(() -> link.status().appliedOffset() >= offset);
  }

  private static long setBacks(RunningLink link) {
    return link.said().stream().filter(line -> line.contains("lost what it had")).count();
  }

  /** Twenty sessions, at once. */
  private static void visit(RedisServer source, int lifeMillis) {
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      commands.add(new String[] {"HINCRBY", "session:" + i, "a", "1"});
      commands.add(new String[] {"PEXPIRE", "session:" + i, Integer.toString(lifeMillis)});
    }
    source.pipeline(commands);
  }

  private static void awaitExpired(RespClient client) {
    client.call("PSETEX", "clock", "11500", "x");
    Awaitility.await().atMost(PATIENCE).until(() -> client.number("EXISTS", "clock") == 0);
  }

  private static void assertEqualInTheEnd(
      RunningLink link, RedisServer source, RedisServer target) {
    assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    assertThat(link.status().ledger().balanced()).isTrue();
    assertThat(link.status().ledger().waiting()).isZero();
    assertThat(target.digest()).isEqualTo(source.digest());
    DatasetComparer.assertEqual(source, target);
  }
}
