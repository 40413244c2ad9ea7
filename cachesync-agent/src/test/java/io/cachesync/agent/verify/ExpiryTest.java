package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExpiryTest {
  private static final long TOLERANCE = 2000;

  @Test
  void aSyncAddsWhatTheClockOfTheTargetIsAhead() {
    assertThat(at(10_000).isLike(at(16_000), TOLERANCE, 0)).isFalse();
    assertThat(at(10_000).isLike(at(16_000), TOLERANCE, 5000)).isTrue();
    assertThat(at(10_000).isLike(at(18_000), TOLERANCE, 5000)).isFalse();
    assertThat(at(16_000).isLike(at(10_000), TOLERANCE, 5000)).isFalse();
    assertThat(at(10_000).isLike(at(Expiry.NEVER), TOLERANCE, 5000)).isFalse();
    assertThat(at(Expiry.NEVER).isLike(at(Expiry.NEVER), TOLERANCE, 0)).isTrue();
  }

  private static Expiry at(long millis) {
    return new Expiry(millis, 0, 0);
  }
}
