package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.SlotRanges;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Slots that move between the shards of a source, as all links of the job know it. For as long as a
 * slot moves nothing of it is applied by any link; behind the move its owner's link fetches all of
 * it. Thread-safe.
 */
final class SlotMoves {
  private static final long POLL_MILLIS = 20;

  private final int links;

  /** Replaced when it changes, so that it can be asked for each command. */
  private volatile BitSet moving = new BitSet();

  // Guarded by this.
  private final Map<Integer, SlotRanges> former = new HashMap<>();
  private final BitSet pending = new BitSet(HashSlot.COUNT);
  private final BitSet fetched = new BitSet(HashSlot.COUNT);
  private final Set<DatabaseKey> touched = new HashSet<>();
  private final BitSet drainedSlots = new BitSet(HashSlot.COUNT);
  private int told;
  private final boolean drained;
  private volatile int fetches;
  private volatile boolean foreign;

  SlotMoves(int links) {
    this(links, false);
  }

  /**
   * @param drained whether every link has applied what its master had told when the slots had come
   *     to lie where they lie now
   */
  SlotMoves(int links, boolean drained) {
    this.links = links;
    this.drained = drained;
  }

  /**
   * What a link has left at the target whose master has no slots any more.
   *
   * @param slots that it had when it wrote there last
   * @param open as in {@link #took}
   * @param touchedKeys as in {@link #took}
   */
  synchronized void left(BitSet slots, BitSet open, Collection<DatabaseKey> touchedKeys) {
    drainedSlots.or(slots);
    pending.or(open);
    touched.addAll(touchedKeys);
  }

  /** Whether nothing of what came before the present layout is still to be read. */
  boolean isDrained() {
    return drained;
  }

  /** The target was not empty: what only it has of a slot may be somebody's. */
  void foreign() {
    foreign = true;
  }

  boolean isForeign() {
    return foreign;
  }

  /** How many the source has. */
  int links() {
    return links;
  }

  boolean isAny() {
    return !moving.isEmpty();
  }

  boolean isMoving(int slot) {
    return moving.get(slot);
  }

  /** Whether all of these move. */
  boolean areMoving(SlotRanges slots) {
    BitSet others = slots.toBits();
    others.andNot(moving);
    return others.isEmpty();
  }

  BitSet moving() {
    return (BitSet) moving.clone();
  }

  /** How many slots were seen to move. */
  int count() {
    return moving.cardinality();
  }

  /** From here on nothing of these slots is applied; that they move stands at the target. */
  synchronized void begin(BitSet slots) {
    BitSet next = (BitSet) moving.clone();
    next.or(slots);
    moving = next;
  }

  /**
   * A link has taken its target, and nobody else writes there for it.
   *
   * @param slots that were the link's when it wrote there last, or null where it never did
   * @param open slots that it has left to be fetched again
   * @param touchedKeys of which it has left out a command
   */
  synchronized void took(
      int link, SlotRanges slots, BitSet open, Collection<DatabaseKey> touchedKeys) {
    pending.or(open);
    touched.addAll(touchedKeys);
    if (former.containsKey(link)) {
      return;
    }
    former.put(link, slots);
    told++;
  }

  /**
   * Waits until every link has taken its target.
   *
   * @return the slots of a link that are to be fetched again: they were not its own, or another's
   *     too, or were seen to move
   */
  BitSet awaitToFetch(int link, SlotRanges own, Control control)
      throws Stopped, InterruptedException {
    while (!haveAllTaken()) {
      control.pause(POLL_MILLIS);
    }
    return toFetch(link, own);
  }

  /** Keys of these slots that the source has touched while they moved. */
  synchronized List<byte[]> touched(BitSet slots) {
    return touched.stream()
        .map(DatabaseKey::key)
        .filter(key -> slots.get(HashSlot.of(key)))
        .toList();
  }

  /** These slots are the source's again. */
  synchronized void fetched(BitSet slots) {
    fetched.or(slots);
    fetches++;
  }

  /** How often slots were fetched. */
  int fetches() {
    return fetches;
  }

  /** Not any more, once it moves again. */
  synchronized boolean isFetched(int slot) {
    return fetched.get(slot) && !moving.get(slot);
  }

  synchronized boolean haveAllTaken() {
    return told >= links;
  }

  private synchronized BitSet toFetch(int link, SlotRanges own) {
    SlotRanges was = former.get(link);
    BitSet slots = own.toBits();
    if (was == null) {
      // What it copies is written over what others have left of its slots, or nothing is left.
      slots.and(foreign ? hadByOthers(link) : new BitSet());
      return slots;
    }
    BitSet settled = was.toBits();
    former.forEach(
        (other, others) -> {
          if (other != link && others != null) {
            settled.andNot(others.toBits());
          }
        });
    settled.andNot(pending);
    slots.andNot(settled);
    return slots;
  }

  private BitSet hadByOthers(int link) {
    BitSet slots = (BitSet) drainedSlots.clone();
    former.forEach(
        (other, had) -> {
          if (other != link && had != null) {
            slots.or(had.toBits());
          }
        });
    return slots;
  }
}
