package io.cachesync.agent.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.LimitSpec;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
  private long nanos;

  @Test
  void makesWaitForWhatIsOwedAndForgetsItWithTheLimit() {
    RateLimiter limiter = limiter(new LimitSpec(1000, 0));
    limiter.take(60_000, 1_000_000);
    assertThat(limiter.waitMillis()).isEqualTo(60_000);
    pass(20_000);
    assertThat(limiter.waitMillis()).isEqualTo(40_000);
    limiter.limits(new LimitSpec(1_000_000, 0));
    assertThat(limiter.waitMillis()).isEqualTo(40);
    limiter.take(1_000_000, 0);
    limiter.limits(LimitSpec.none());
    assertThat(limiter.waitMillis()).isZero();
  }

  @Test
  void holdsBothLimits() {
    RateLimiter limiter = limiter(new LimitSpec(1_000_000_000, 10));
    limiter.take(1, 101);
    assertThat(limiter.waitMillis()).isEqualTo(10_100);
  }

  @Test
  void savesATenthOfASecondAtMost() {
    RateLimiter limiter = limiter(new LimitSpec(0, 1000));
    pass(60_000);
    limiter.take(0, 150);
    assertThat(limiter.waitMillis()).isEqualTo(50);
    pass(50);
    assertThat(limiter.waitMillis()).isZero();
  }

  @Test
  void doesNotLimitWithoutLimits() {
    RateLimiter limiter = limiter(LimitSpec.none());
    limiter.take(1L << 60, 1L << 60);
    assertThat(limiter.waitMillis()).isZero();
  }

  private RateLimiter limiter(LimitSpec limits) {
    return new RateLimiter(limits, () -> nanos);
  }

  private void pass(long millis) {
    nanos += TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
