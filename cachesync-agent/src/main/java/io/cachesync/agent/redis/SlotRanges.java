package io.cachesync.agent.redis;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Hash slots that belong together, such as those of one shard. Immutable. */
public final class SlotRanges {
  /** Every slot there is. */
  public static final SlotRanges ALL = all();

  private final BitSet slots;

  private SlotRanges(BitSet slots) {
    this.slots = slots;
  }

  /**
   * @throws IllegalArgumentException where there is none
   */
  public static SlotRanges of(BitSet slots) {
    if (slots.isEmpty() || slots.length() > HashSlot.COUNT) {
      throw new IllegalArgumentException("no slots: " + slots);
    }
    return new SlotRanges((BitSet) slots.clone());
  }

  /**
   * What {@link #toString} has told.
   *
   * @throws IllegalArgumentException where it is none of it
   */
  public static SlotRanges parse(String text) {
    BitSet slots = new BitSet(HashSlot.COUNT);
    for (String range : text.split(",", -1)) {
      int dash = range.indexOf('-');
      int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
      int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
      slots.set(first, last + 1);
    }
    return of(slots);
  }

  /** A copy that may be changed. */
  public BitSet toBits() {
    return (BitSet) slots.clone();
  }

  public boolean contains(int slot) {
    return slots.get(slot);
  }

  public int first() {
    return slots.nextSetBit(0);
  }

  public boolean isAll() {
    return slots.cardinality() == HashSlot.COUNT;
  }

  /** Whether these and no others are meant. */
  public boolean are(BitSet others) {
    return slots.equals(others);
  }

  /** As CLUSTER NODES writes them, with commas: {@code 0-5460,7000}. */
  @Override
  public String toString() {
    List<String> ranges = new ArrayList<>();
    for (int from = slots.nextSetBit(0); from >= 0; ) {
      int to = slots.nextClearBit(from) - 1;
      ranges.add(from == to ? Integer.toString(from) : from + "-" + to);
      from = slots.nextSetBit(to + 1);
    }
    return String.join(",", ranges);
  }

  private static SlotRanges all() {
    BitSet all = new BitSet(HashSlot.COUNT);
    all.set(0, HashSlot.COUNT);
    return new SlotRanges(all);
  }
}
