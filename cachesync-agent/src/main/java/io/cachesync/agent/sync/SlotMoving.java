package io.cachesync.agent.sync;

import io.cachesync.agent.redis.SlotRanges;
import java.io.IOException;
import java.util.BitSet;

/** A command tells that slots of the source move; nothing of it was applied. */
final class SlotMoving extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient BitSet slots;

  SlotMoving(BitSet slots) {
    super("slots move at the source: " + SlotRanges.of(slots));
    this.slots = slots;
  }

  static SlotMoving of(int slot) {
    BitSet slots = new BitSet();
    slots.set(slot);
    return new SlotMoving(slots);
  }

  BitSet slots() {
    return slots;
  }
}
