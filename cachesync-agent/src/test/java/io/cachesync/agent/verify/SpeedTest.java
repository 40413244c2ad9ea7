package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SpeedTest {
  private final Speed speed = new Speed();

  @Test
  void tellsTheLastSecondsWhateverWasBefore() {
    speed.begin(0, 1_000_000, 9_000_000);
    for (int second = 1; second <= 10; second++) {
      assertThat(at(second, 1_000_000 + second * 500L, 9_000_000 + second * 7L))
          .containsExactly(500, 7);
    }
    // Slower from here on: soon nothing else is told.
    for (int second = 11; second <= 16; second++) {
      at(second, 1_005_000 + (second - 10) * 20L, 9_000_070);
    }
    assertThat(at(17, 1_005_000 + 7 * 20L, 9_000_070)).containsExactly(20, 0);
  }

  @Test
  void isAskedOftenAndAtOnceWithoutHarm() {
    speed.begin(0, 0, 0);
    assertThat(speed.at(0, 100, 100)).containsExactly(400, 400);
    for (int i = 1; i <= 10_000; i++) {
      long nanos = TimeUnit.MILLISECONDS.toNanos(i);
      assertThat(speed.at(nanos, i, 0)[0]).isBetween(0L, 1_000L);
    }
    assertThat(speed.at(TimeUnit.SECONDS.toNanos(10), 10_000, 0)).containsExactly(1000, 0);
  }

  private long[] at(int second, long commands, long bytes) {
    return speed.at(TimeUnit.SECONDS.toNanos(second), commands, bytes);
  }
}
