package io.cachesync.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SignInThrottleTest {
  @Test
  void makesGuessingSlowerWithEveryFailure() {
    assertThat(SignInThrottle.waitAfter(4)).isEqualTo(Duration.ZERO);
    assertThat(SignInThrottle.waitAfter(5)).isEqualTo(Duration.ofSeconds(30));
    assertThat(SignInThrottle.waitAfter(6)).isEqualTo(Duration.ofMinutes(1));
    assertThat(SignInThrottle.waitAfter(1_000_000)).isEqualTo(Duration.ofMinutes(15));
  }
}
