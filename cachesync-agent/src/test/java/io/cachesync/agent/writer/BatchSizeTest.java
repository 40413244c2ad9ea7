package io.cachesync.agent.writer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BatchSizeTest {
  private final BatchSize size = new BatchSize();

  @Test
  void growsWhileTheTargetIsQuickAndShrinksWhereItIsSlow() {
    assertThat(fullAt()).isEqualTo(500);
    acknowledged(3);
    acknowledged(6);
    assertThat(fullAt()).isEqualTo(2_000);
    acknowledged(20);
    assertThat(fullAt()).isEqualTo(2_000);
    acknowledged(60);
    assertThat(fullAt()).isEqualTo(1_000);
  }

  @Test
  void doesNotTakeALongWayForASlowTarget() {
    size.line(TimeUnit.MILLISECONDS.toNanos(50));
    for (int i = 0; i < 10; i++) {
      acknowledged(55);
    }
    assertThat(fullAt()).isEqualTo(32_000);
    acknowledged(140);
    assertThat(fullAt()).isEqualTo(32_000);
    acknowledged(170);
    assertThat(fullAt()).isEqualTo(16_000);
  }

  @Test
  void holdsNoMoreBytesForALongWay() {
    size.line(TimeUnit.MILLISECONDS.toNanos(50));
    for (int i = 0; i < 10; i++) {
      acknowledged(55);
    }
    assertThat(size.isFull(1, (8 << 20) - 1)).isFalse();
    assertThat(size.isFull(1, 8 << 20)).isTrue();
  }

  @Test
  void checkpointsAreRarerOnALongWay() {
    assertThat(size.checkpointNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(250));
    size.line(TimeUnit.MILLISECONDS.toNanos(50));
    assertThat(size.checkpointNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(1));
  }

  @Test
  void doesNotGrowByTransactionsThatWereNotFull() {
    size.acknowledged(false, 1_000);
    assertThat(fullAt()).isEqualTo(500);
  }

  private void acknowledged(long millis) {
    size.acknowledged(true, TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private int fullAt() {
    int commands = 1;
    while (!size.isFull(commands, 0)) {
      commands++;
    }
    return commands;
  }
}
