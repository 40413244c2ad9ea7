package io.cachesync.agent.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BreathTest {
  private final Breath breath = new Breath();

  @Test
  void growsWhileReadsBringLittleUpToItsMost() {
    assertThat(breath.nanosAfter(16_384)).isEqualTo(2 * Breath.LEAST_NANOS);
    assertThat(breath.nanosAfter(16_384)).isEqualTo(4 * Breath.LEAST_NANOS);
    for (int read = 0; read < 10; read++) {
      breath.nanosAfter(1);
    }
    assertThat(breath.nanosAfter(1)).isEqualTo(Breath.MOST_NANOS);
  }

  @Test
  void staysWhereAReadBringsEnough() {
    breath.nanosAfter(16_384);
    long nanos = breath.nanosAfter(Breath.ENOUGH_BYTES);
    assertThat(nanos).isEqualTo(2 * Breath.LEAST_NANOS);
    assertThat(breath.nanosAfter(Breath.FULL_BYTES - 1)).isEqualTo(nanos);
  }

  /** Behind a full read there may be more, and the next pause is shorter. */
  @Test
  void isNoneBehindAFullReadAndShrinks() {
    for (int read = 0; read < 10; read++) {
      breath.nanosAfter(1);
    }
    assertThat(breath.nanosAfter(Breath.FULL_BYTES)).isZero();
    assertThat(breath.nanosAfter(Breath.ENOUGH_BYTES)).isEqualTo(Breath.MOST_NANOS / 2);
    for (int read = 0; read < 20; read++) {
      assertThat(breath.nanosAfter(Breath.FULL_BYTES)).isZero();
    }
    assertThat(breath.nanosAfter(Breath.ENOUGH_BYTES)).isEqualTo(Breath.LEAST_NANOS);
  }
}
