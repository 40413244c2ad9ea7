package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FullSyncTurnsTest {
  private final FullSyncTurns turns = new FullSyncTurns(2);

  @Test
  void asManyGoAsMayAndTheOthersInTheirOrder() {
    assertThat(turns.take(3)).isTrue();
    assertThat(turns.take(1)).isTrue();
    assertThat(turns.take(2)).isFalse();
    assertThat(turns.take(0)).isFalse();
    turns.leave(1);
    assertThat(turns.take(0)).isFalse();
    assertThat(turns.take(2)).isTrue();
    turns.leave(3);
    assertThat(turns.take(0)).isTrue();
  }

  @Test
  void oneThatDoesNotWaitAnyMoreHoldsNobodyUp() {
    turns.take(0);
    turns.take(1);
    assertThat(turns.take(2)).isFalse();
    assertThat(turns.take(3)).isFalse();
    turns.leave(2);
    turns.leave(0);
    assertThat(turns.take(3)).isTrue();
  }

  @Test
  void oneThatBeginsAnewAsksAnew() {
    turns.take(0);
    turns.leave(0);
    assertThat(turns.take(0)).isTrue();
    assertThat(turns.take(1)).isTrue();
  }
}
