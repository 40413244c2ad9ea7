package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.SentinelServers;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ends are told by sentinels, and change while the link runs. */
class SentinelIT {
  @Test
  void followsTheFailoversOfBothEnds() throws Exception {
    try (SentinelServers source = new SentinelServers(ServerVersion.V6_2);
        SentinelServers target = new SentinelServers(ServerVersion.V7_0);
        RunningLink link = RunningLink.between(source, target).start()) {
      try (Counting counting = new Counting(source.master())) {
        counting.start();
        link.awaitPhase(Phase.INCREMENTAL);
        counting.stop();
      }
      link.awaitCaughtUp();
      source.failOver();
      link.sourceIs(source.master());

      try (Counting counting = new Counting(source.master())) {
        counting.start();
        // A replica that is as old as the source's failover would be a loss at both ends.
        String history = replId(source.master());
        Awaitility.await().until(() -> link.status().replId().equals(history));
        awaitApplied(link, source.master());
        target.awaitReplicated();
        target.failOver();
        awaitApplied(link, source.master());

        RedisServer lost = target.master();
        RedisServer next = target.replica();
        target.awaitReplicated();
        lost.kill();
        target.awaitMaster(next);
        awaitApplied(link, source.master());
        counting.stop();
      }
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().ledger().balanced()).isTrue();
      DatasetComparer.assertEqual(source.master(), target.master());
    }
  }

  /** The link has received, and mostly applied, what the promoted replica never had. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void fetchesAgainWhatTheSourceHasLost(boolean startedAgain) throws Exception {
    try (SentinelServers source = new SentinelServers(ServerVersion.V7_0);
        RedisServer target = new RedisServer(ServerVersion.V7_0).start()) {
      RunningLink.Setup setup = RunningLink.between(source, target);
      RunningLink link = setup.start();
      try {
        RedisServer lost = source.master();
        RedisServer next = source.replica();
        try (RespClient client = lost.client()) {
          client.call("SELECT", "2");
          client.call("SET", "kept", "1");
          client.call("SET", "changed", "before");
          client.call("RPUSH", "list", "a", "b");
          client.call("SET", "removed", "x");
          client.call("SET", "renamed", "y");
          client.call("HSET", "hash", "f", "1");
          link.awaitCaughtUp();
          source.awaitReplicated();
          cutOff(next, client);
          client.call("SET", "changed", "after");
          client.call("RPUSH", "list", "c");
          client.call("DEL", "removed");
          client.call("RENAME", "renamed", "elsewhere");
          client.call("HINCRBY", "hash", "f", "5");
          client.call("SELECT", "1");
          client.call("SET", "new", "z");
          link.awaitCaughtUp();
        }
        if (startedAgain) {
          link.link().crash();
          link.end();
        }
        lost.kill();
        next.thaw();
        source.awaitMaster(next);
        if (startedAgain) {
          link.close();
          link = setup.start();
        }
        link.sourceIs(next);
        try (RespClient client = next.client()) {
          client.call("SELECT", "2");
          client.call("RPUSH", "list", "d");
          client.call("SET", "more", "1");
        }
        awaitHealed(link);
        link.awaitCaughtUp();
        assertThat(link.status().replId()).isEqualTo(replId(next));
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().balanced()).isTrue();
        DatasetComparer.assertEqual(next, target);
        assertThat(target.digest()).isEqualTo(next.digest());
      } finally {
        link.close();
      }
    }
  }

  /** What cannot be taken back key by key stops the link. */
  @Test
  void stopsWhereTheSourceHasLostAFlush() throws Exception {
    try (SentinelServers source = new SentinelServers(ServerVersion.V7_0);
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RunningLink link = RunningLink.between(source, target).start()) {
      RedisServer lost = source.master();
      RedisServer next = source.replica();
      try (RespClient client = lost.client()) {
        client.call("SET", "kept", "1");
        link.awaitCaughtUp();
        source.awaitReplicated();
        cutOff(next, client);
        client.call("FLUSHALL");
        link.awaitCaughtUp();
      }
      lost.kill();
      next.thaw();
      source.awaitMaster(next);
      Fault fault = link.end().fault();
      assertThat(fault.code()).isEqualTo(FaultCode.SOURCE_REPLACED);
      assertThat(fault.message()).contains("FLUSHALL at offset");
    }
  }

  private static void awaitHealed(RunningLink link) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                link.status().healed().stream()
                    .filter(each -> each.reason() == HealReason.SOURCE_FAILED_OVER)
                    .anyMatch(each -> each.keys() >= 7));
  }

  /** What its master has sent would still be read behind the freeze: their connection ends too. */
  private static void cutOff(RedisServer replica, RespClient master) {
    replica.freeze();
    master.call("CLIENT", "KILL", "TYPE", "slave");
  }

  private static String replId(RedisServer server) {
    try (RespClient client = server.client()) {
      return client.info("replication").get("master_replid");
    }
  }

  /** Waits until what the source has now is applied. */
  private static void awaitApplied(RunningLink link, RedisServer source) {
    long written = source.replOffset();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .failFast(
            () -> {
              if (link.link().outcome().isPresent()) {
                throw new AssertionError("ended: " + link.link().outcome() + "\n" + link.said());
              }
            })
        .until(() -> link.status().appliedOffset() >= written);
  }
}
