package io.cachesync.agent.sync;

import java.io.IOException;

/** A command tells that a slot of the source moves; nothing of it was applied. */
final class SlotMoving extends IOException {
  private static final long serialVersionUID = 1L;

  private final int slot;

  SlotMoving(int slot) {
    super("slot " + slot + " moves at the source");
    this.slot = slot;
  }

  int slot() {
    return slot;
  }
}
