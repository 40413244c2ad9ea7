package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Targets that leave it to the source when a key ends, where one is on this machine. */
class ImportModeIT {
  private static final int LIFE_MILLIS = 1_500;
  private static final int PAUSE_MILLIS = 3_500;

  @Test
  void nothingIsFetchedAgainThatOnlyCameLate() {
    try (RedisServer source = new RedisServer(ServerVersion.VALKEY_8_1).start();
        RedisServer target = importing().start();
        RunningLink link = RunningLink.between(source, target).start()) {
      renewThroughAPause(source, link);
      assertThat(link.healed(HealReason.EXPIRED_EARLY)).isZero();
      assertThat(link.said()).anyMatch(line -> line.contains("is in import-mode"));
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.said()).anyMatch(line -> line.contains("is still in import-mode"));
      DatasetComparer.assertEqual(source, target);
    }
  }

  @Test
  void noMasterOfAClusterEndsAKeyEither() {
    try (RedisServer source = new RedisServer(ServerVersion.VALKEY_8_1).start();
        ClusterServers target =
            new ClusterServers(ServerVersion.VALKEY_8_1, 2).option("import-mode", "yes").start();
        RunningLink link = RunningLink.between(source, target).start()) {
      renewThroughAPause(source, link);
      assertThat(link.healed(HealReason.EXPIRED_EARLY)).isZero();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(DatasetComparer.compare(source, target)).isEmpty();
    }
  }

  /** Whatever is said of the mode, a key that is gone is seen to be. */
  @Test
  void whatEndsBecauseItIsSwitchedOffIsFetchedAgain() {
    try (RedisServer source = new RedisServer(ServerVersion.VALKEY_8_1).start();
        RedisServer target = importing().start();
        RunningLink link = RunningLink.between(source, target).start()) {
      link.awaitCaughtUp();
      target.config("import-mode", "no");
      renewThroughAPause(source, link);
      assertThat(link.healed(HealReason.EXPIRED_EARLY)).isPositive();
      try (RespClient client = target.client()) {
        client.call("CLIENT", "KILL", "TYPE", "normal");
      }
      Awaitility.await()
          .until(
              () ->
                  link.said().stream()
                      .anyMatch(line -> line.contains("not in import-mode any more")));
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      DatasetComparer.assertEqual(source, target);
    }
  }

  private static RedisServer importing() {
    return new RedisServer(ServerVersion.VALKEY_8_1).option("import-mode", "yes");
  }

  private static void renewThroughAPause(RedisServer source, RunningLink link) {
    try (RespClient client = source.client()) {
      renew(client);
      link.awaitCaughtUp();
      link.direct(Desired.PAUSE);
      link.awaitPhase(Phase.PAUSED);
      long end = System.currentTimeMillis() + PAUSE_MILLIS;
      while (System.currentTimeMillis() < end) {
        renew(client);
        Awaitility.await().pollDelay(Duration.ofMillis(50)).until(() -> true);
      }
      // What is compared must not end meanwhile.
      client.call("PEXPIRE", "session", "600000");
      client.call("PEXPIRE", "visits", "600000");
      link.direct(Desired.RUN);
      link.awaitCaughtUp();
    }
  }

  private static void renew(RespClient client) {
    client.call("HINCRBY", "session", "requests", "1");
    client.call("PEXPIRE", "session", Integer.toString(LIFE_MILLIS));
    client.call("INCR", "visits");
    client.call("PEXPIRE", "visits", Integer.toString(LIFE_MILLIS));
  }
}
