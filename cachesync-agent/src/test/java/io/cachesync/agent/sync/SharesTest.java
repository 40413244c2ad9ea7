package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.LimitSpec;
import org.junit.jupiter.api.Test;

class SharesTest {
  @Test
  void dividesLimitsAndKeepsThatThereIsNone() {
    assertThat(new Shares(3).of(new LimitSpec(3_000_000, 0)))
        .isEqualTo(new LimitSpec(1_000_000, 0));
    assertThat(new Shares(3).of(new LimitSpec(2, 1))).isEqualTo(new LimitSpec(1, 1));
    assertThat(new Shares(3).of(LimitSpec.none())).isEqualTo(LimitSpec.none());
  }
}
