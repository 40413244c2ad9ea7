package io.cachesync.web.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.SetClock;
import io.cachesync.web.agent.Job;
import io.cachesync.web.agent.JobProbe;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Which silent agents are taken for frozen. */
class FrozenAgentsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final SetClock clock = new SetClock(Instant.EPOCH);
  private final FrozenAgents frozen = new FrozenAgents(PATIENCE, clock);
  private final Job job = SyncCase.job(1);

  @Test
  void anAgentThatComputesNothingForTooLongIsFrozen() {
    assertThat(frozen.tells(job, running(7))).isFalse();
    clock.passSeconds(59);
    assertThat(frozen.tells(job, running(7))).isFalse();
    clock.passSeconds(1);
    assertThat(frozen.tells(job, running(7))).isTrue();
    assertThat(frozen.tells(job, running(7))).isFalse();
  }

  @Test
  void anAgentThatWorksIsOnlySilent() {
    frozen.tells(job, running(7));
    clock.passSeconds(50);
    assertThat(frozen.tells(job, running(8))).isFalse();
    clock.passSeconds(50);
    assertThat(frozen.tells(job, running(8))).isFalse();
  }

  @Test
  void ofAMachineThatDidNotAnswerInBetweenNothingIsKnown() {
    frozen.tells(job, running(7));
    clock.passSeconds(30);
    frozen.tells(job, new JobProbe(JobProbe.State.UNREACHABLE, -1, "no connection"));
    clock.passSeconds(40);
    assertThat(frozen.tells(job, running(7))).isFalse();
  }

  @Test
  void withoutPatienceNoAgentIsFrozen() {
    FrozenAgents never = new FrozenAgents(Duration.ZERO, clock);
    never.tells(job, running(7));
    clock.passSeconds(1_000);
    assertThat(never.tells(job, running(7))).isFalse();
  }

  private static JobProbe running(long busy) {
    return new JobProbe(JobProbe.State.RUNNING, -1, busy, "the process runs");
  }

  /** Time that passes when it is told to. */
}
