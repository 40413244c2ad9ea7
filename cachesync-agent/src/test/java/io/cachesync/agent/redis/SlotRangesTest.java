package io.cachesync.agent.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class SlotRangesTest {
  @Test
  void writesRangesAndSingleSlots() {
    BitSet slots = new BitSet();
    slots.set(0, 5461);
    slots.set(7000);
    slots.set(16_383);
    SlotRanges ranges = SlotRanges.of(slots);
    assertThat(ranges).hasToString("0-5460,7000,16383");
    assertThat(ranges.first()).isZero();
    assertThat(ranges.contains(5460)).isTrue();
    assertThat(ranges.contains(5461)).isFalse();
    assertThat(ranges.isAll()).isFalse();
    assertThat(ranges.are(slots)).isTrue();
    slots.clear(7000);
    assertThat(ranges.are(slots)).isFalse();
  }

  @Test
  void knowsAllSlots() {
    assertThat(SlotRanges.ALL.isAll()).isTrue();
    assertThat(SlotRanges.ALL).hasToString("0-16383");
  }

  @Test
  void isNeverEmpty() {
    assertThatThrownBy(() -> SlotRanges.of(new BitSet()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
