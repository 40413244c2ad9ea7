package io.cachesync.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.SlotRanges;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class ShareSweepTest {
  @Test
  void takesTheKeysOfItsSlotsButNoneOfOurs() {
    BitSet slots = new BitSet();
    slots.set(HashSlot.of(bytes("mine")));
    slots.set(HashSlot.of(bytes("cachesync:claim")));
    ShareSweep sweep = new ShareSweep(SlotRanges.of(slots), key -> key, "cachesync:");
    assertThat(sweep.isOfTheShare(bytes("mine"))).isTrue();
    assertThat(sweep.isOfTheShare(bytes("x{mine}"))).isTrue();
    assertThat(sweep.isOfTheShare(bytes("cachesync:{mine}"))).isFalse();
    assertThat(sweep.isOfTheShare(bytes("cachesync:claim"))).isFalse();
    assertThat(sweep.isOfTheShare(bytes("other"))).isFalse();
  }

  @Test
  void asksForTheSlotOfTheNameAtTheSource() {
    BitSet slots = new BitSet();
    slots.set(HashSlot.of(bytes("mine")));
    ShareSweep sweep =
        new ShareSweep(
            SlotRanges.of(slots),
            key -> new String(key, StandardCharsets.US_ASCII).equals("new") ? bytes("mine") : key,
            "cachesync:");
    assertThat(sweep.isOfTheShare(bytes("new"))).isTrue();
    assertThat(sweep.isOfTheShare(bytes("other"))).isFalse();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
