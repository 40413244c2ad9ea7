package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.LimitSpec;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
  @Test
  void makesWaitForWhatIsOwedAndForgetsItWithTheLimit() {
    RateLimiter limiter = new RateLimiter(new LimitSpec(1000, 0));
    limiter.take(60_000, 1_000_000);
    assertThat(limiter.waitMillis()).isBetween(50_000L, 60_000L);
    limiter.limits(new LimitSpec(1_000_000, 0));
    assertThat(limiter.waitMillis()).isBetween(1L, 60L);
    limiter.take(1_000_000, 0);
    limiter.limits(LimitSpec.none());
    assertThat(limiter.waitMillis()).isZero();
  }

  @Test
  void holdsBothLimits() {
    RateLimiter limiter = new RateLimiter(new LimitSpec(1_000_000_000, 10));
    limiter.take(1, 101);
    assertThat(limiter.waitMillis()).isBetween(9_000L, 10_100L);
  }

  @Test
  void doesNotLimitWithoutLimits() {
    RateLimiter limiter = new RateLimiter(LimitSpec.none());
    limiter.take(1L << 60, 1L << 60);
    assertThat(limiter.waitMillis()).isZero();
  }
}
