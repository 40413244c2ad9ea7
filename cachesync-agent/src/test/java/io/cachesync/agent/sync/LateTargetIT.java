package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.contract.Desired;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions that are renewed while the link is paused, or away, for longer than they live. */
class LateTargetIT {
  private static final Exactness WITHOUT_CHECKS =
      new Exactness() {
        @Override
        public boolean checksLateCommands() {
          return false;
        }
      };

  private static final int LIFE_MILLIS = 1_000;
  private static final int GRACE_MILLIS = 300;
  private static final int LONGER_THAN_BOTH_MILLIS = 2_000;

  @ParameterizedTest
  @EnumSource(
      value = ServerVersion.class,
      names = {"V2_8", "V6_2", "V7_0", "V7_4"})
  void aSessionOutlivesAPauseThatIsLongerThanItsLife(ServerVersion version) {
    try (RedisServer source = new RedisServer(version).start();
        RedisServer target = new RedisServer(version).start();
        RunningLink link = between(source, target).start()) {
      renewThroughAPause(source, link);
      assertThat(link.healed(HealReason.EXPIRED_EARLY)).isPositive();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().ledger().balanced()).isTrue();
      DatasetComparer.assertEqual(source, target);
    }
  }

  @Test
  void aSessionOutlivesAnAgentThatIsAwayForLonger() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = source.client()) {
      RunningLink.Setup setup = between(source, target);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        renew(client);
        link.awaitCaughtUp();
        // Killed, it would fetch them for another reason.
        link.stop();
      }
      renewForLonger(client);
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.healed(HealReason.EXPIRED_EARLY)).isPositive();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
      DatasetComparer.assertEqual(source, target);
    }
  }

  /** Or the tests above would show nothing. */
  @Test
  void withoutTheChecksItDoesNot() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start()) {
      RunningLink.Setup setup = between(source, target);
      setup.exactness = WITHOUT_CHECKS;
      try (RunningLink link = setup.start()) {
        renewThroughAPause(source, link);
        assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
        assertThat(DatasetComparer.compare(source, target)).isNotEmpty();
      }
    }
  }

  @Test
  void keysThatNeverHadATimeAreNotFetched() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = source.client();
        RunningLink link = between(source, target).start()) {
      link.awaitCaughtUp();
      link.direct(Desired.PAUSE);
      link.awaitPhase(Phase.PAUSED);
      for (int i = 0; i < 500; i++) {
        client.call("INCR", "counter:" + i);
      }
      awaitMillis(1500);
      link.direct(Desired.RUN);
      link.awaitCaughtUp();
      assertThat(link.status().healed()).isEmpty();
      assertThat(link.finish().phase()).isEqualTo(Phase.DONE);
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  /** Whether what its patterns read is there at the target cannot be asked beforehand. */
  @Test
  void whatASortComputesFromKeysItDoesNotNameIsFetched() {
    try (RedisServer source = new RedisServer(ServerVersion.V7_0).start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = source.client();
        RunningLink link = between(source, target).start()) {
      client.call("RPUSH", "list", "1", "2", "3");
      for (int i = 1; i <= 3; i++) {
        client.call("PSETEX", "weight_" + i, Integer.toString(LIFE_MILLIS), "-" + i);
      }
      link.awaitCaughtUp();
      link.direct(Desired.PAUSE);
      link.awaitPhase(Phase.PAUSED);
      for (int i = 1; i <= 3; i++) {
        client.call("PEXPIRE", "weight_" + i, "600000");
      }
      client.call("SORT", "list", "BY", "weight_*", "STORE", "sorted");
      client.call("SORT", "list", "BY", "nosort", "GET", "#", "STORE", "same");
      awaitMillis(LONGER_THAN_BOTH_MILLIS);
      link.direct(Desired.RUN);
      link.awaitCaughtUp();
      assertThat(link.healed(HealReason.INPUTS_UNKNOWN)).as("sorted, not same").isOne();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.status().ledger().balanced()).isTrue();
      DatasetComparer.assertEqual(source, target);
    }
  }

  /** The target lets go what is not renewed there for little longer than it lives. */
  private static RunningLink.Setup between(RedisServer source, RedisServer target) {
    RunningLink.Setup setup = RunningLink.between(source, target);
    setup.graceMillis = GRACE_MILLIS;
    return setup;
  }

  private static void renewThroughAPause(RedisServer source, RunningLink link) {
    try (RespClient client = source.client()) {
      renew(client);
      link.awaitCaughtUp();
      link.direct(Desired.PAUSE);
      link.awaitPhase(Phase.PAUSED);
      renewForLonger(client);
      link.direct(Desired.RUN);
      link.awaitCaughtUp();
    }
  }

  private static void renewForLonger(RespClient client) {
    long end = System.currentTimeMillis() + LONGER_THAN_BOTH_MILLIS;
    while (System.currentTimeMillis() < end) {
      renew(client);
      awaitMillis(50);
    }
    // What is compared must not end meanwhile.
    client.call("PEXPIRE", "session", "600000");
    client.call("PEXPIRE", "visits", "600000");
  }

  private static void renew(RespClient client) {
    client.call("HINCRBY", "session", "requests", "1");
    client.call("PEXPIRE", "session", Integer.toString(LIFE_MILLIS));
    client.call("INCR", "visits");
    client.call("PEXPIRE", "visits", Integer.toString(LIFE_MILLIS));
    client.call("BITOP", "XOR", "computed", "visits", "visits");
  }

  /** Time passes, which is what is tested. */
  private static void awaitMillis(long millis) {
    Awaitility.await().pollDelay(Duration.ofMillis(millis)).until(() -> true);
  }
}
