package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.web.agent.Job;
import io.cachesync.web.agent.JobProbe;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** Which silent agents are taken for frozen. */
class FrozenAgentsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Later clock = new Later();
  private final FrozenAgents frozen = new FrozenAgents(PATIENCE, clock);
  private final Job job = SyncCase.job(1);

  @Test
  void anAgentThatComputesNothingForTooLongIsFrozen() {
    assertThat(frozen.tells(job, running(7))).isFalse();
    clock.pass(59);
    assertThat(frozen.tells(job, running(7))).isFalse();
    clock.pass(1);
    assertThat(frozen.tells(job, running(7))).isTrue();
    assertThat(frozen.tells(job, running(7))).isFalse();
  }

  @Test
  void anAgentThatWorksIsOnlySilent() {
    frozen.tells(job, running(7));
    clock.pass(50);
    assertThat(frozen.tells(job, running(8))).isFalse();
    clock.pass(50);
    assertThat(frozen.tells(job, running(8))).isFalse();
  }

  @Test
  void ofAMachineThatDidNotAnswerInBetweenNothingIsKnown() {
    frozen.tells(job, running(7));
    clock.pass(30);
    frozen.tells(job, new JobProbe(JobProbe.State.UNREACHABLE, -1, "no connection"));
    clock.pass(40);
    assertThat(frozen.tells(job, running(7))).isFalse();
  }

  @Test
  void withoutPatienceNoAgentIsFrozen() {
    FrozenAgents never = new FrozenAgents(Duration.ZERO, clock);
    never.tells(job, running(7));
    clock.pass(1_000);
    assertThat(never.tells(job, running(7))).isFalse();
  }

  private static JobProbe running(long busy) {
    return new JobProbe(JobProbe.State.RUNNING, -1, busy, "the process runs");
  }

  /** Time that passes when it is told to. */
  private static final class Later extends Clock {
    private Instant now = Instant.EPOCH;

    void pass(long seconds) {
      now = now.plusSeconds(seconds);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
