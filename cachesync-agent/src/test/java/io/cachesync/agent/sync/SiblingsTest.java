package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SiblingsTest {
  private final Siblings siblings = new Siblings(2);

  @Test
  void noneTakesItsTracesAwayOnceOneHasBegun() {
    assertThat(siblings.begin()).isTrue();
    assertThat(siblings.leave()).isFalse();
    assertThat(siblings.begin()).isTrue();
  }

  @Test
  void noneBeginsOnceOneHasTakenItsTracesAway() {
    assertThat(siblings.leave()).isTrue();
    assertThat(siblings.begin()).isFalse();
    assertThat(siblings.leave()).isTrue();
  }
}
