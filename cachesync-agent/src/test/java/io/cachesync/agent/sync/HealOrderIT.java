package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When keys are healed, and which with them. */
class HealOrderIT {
  @RegisterExtension
  static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0).withoutPings();

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @BeforeEach
  void empty() {
    SOURCE.flush();
    TARGET.flush();
  }

  @Test
  void nothingIsHealedWhilePaused() {
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client();
        RunningLink link = RunningLink.between(SOURCE, TARGET).start()) {
      link.awaitCaughtUp();
      target.call("SET", "counted", "no hash");
      long received = link.status().receivedOffset();
      TARGET.freeze();
      source.call("HINCRBY", "counted", "n", "1");
      Awaitility.await().atMost(PATIENCE).until(() -> link.status().receivedOffset() > received);
      link.direct(Desired.PAUSE);
      TARGET.thaw();
      link.awaitPhase(Phase.PAUSED);
      assertThat(target.text("TYPE", "counted")).isEqualTo("string");
      link.direct(Desired.RUN);
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
    }
  }

  /** Of a transaction whose end was not seen it is not known either that an input was wrong. */
  @Test
  void whatAnUnansweredTransactionHasReadIsFetchedAgain() {
    RunningLink.Setup setup = RunningLink.between(SOURCE, TARGET);
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      source.call("SADD", "input", "a", "b");
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        target.call("SET", "input", "no set");
        TARGET.freeze();
        long received = link.status().receivedOffset();
        source.call("SUNIONSTORE", "output", "input");
        Awaitility.await().atMost(PATIENCE).until(() -> link.status().receivedOffset() > received);
        // Sent as soon as received.
        Awaitility.await()
            .pollDelay(Duration.ofMillis(500))
            .atMost(PATIENCE)
            .until(() -> link.status().phase() == Phase.INCREMENTAL);
        link.crash();
        TARGET.thaw();
      }
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      }
    }
    assertThat(TARGET.digest()).isEqualTo(SOURCE.digest());
  }
}
