package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.redis.SlotRanges;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Of which slots of a link it is written down which keys the target may have of the task. Once that
 * is so of all, nothing more of the stream is needed to tell these keys from what only the target
 * has: the master may be drained, and nobody reads what it has not sent by then. For the applying
 * thread, but for what says otherwise.
 */
final class SlotListing {
  /** So many keys of a shard are written down at most, here and at the target. */
  static final int MOST_KEYS = 100_000;

  private final SourcePart part;
  private final SlotMoves moves;
  private Map<Integer, Long> contained = new HashMap<>();

  /** Slots of which that stands at the target; those of which it is under way. */
  private BitSet listed = new BitSet();

  private final BitSet telling = new BitSet();

  /** What a build left that does not know these fields. */
  private final BitSet strays = new BitSet();

  /** Slots whose keys at an offset stand there: to be told once the lane has come to it. */
  private final Map<Integer, Long> found = new HashMap<>();

  /** All that the link has, and by its words at the target had; replaced when it changes. */
  private volatile BitSet own = new BitSet();

  private volatile boolean drains;
  private volatile boolean due;
  private volatile boolean all;

  SlotListing(SourcePart part, SlotMoves moves) {
    this.part = part;
    this.moves = moves;
  }

  /** Goes on with what was read at the target; what was under way may have gone with it. */
  void use(HealRecord record, SlotRanges hadSlots) {
    contained = record.moved();
    listed = record.listedSlots();
    strays.clear();
    strays.or(listed);
    listed.stream().filter(slot -> !isOpen(slot)).forEach(listed::clear);
    strays.andNot(listed);
    telling.clear();
    found.clear();
    BitSet slots = part.slots().toBits();
    slots.or(hadSlots.toBits());
    own = slots;
    changed();
    // A former process had begun with it, and its master may be gone soon.
    due = (drains || !listed.isEmpty()) && !all;
  }

  /** The fields of slots that were fetched by who did not know them. */
  List<byte[]> strays() {
    return strays.stream().mapToObj(HealRecord::listedField).toList();
  }

  /** The words at the target say from now on what the link has. */
  void conforms() {
    own = part.slots().toBits();
    changed();
  }

  /**
   * So many slots are leaving the shard that the others may follow. From any thread.
   *
   * @return the slots that are to be held
   */
  BitSet drains() {
    drains = true;
    return (BitSet) own.clone();
  }

  /** Behind {@link #drains}, once the slots were noticed. From any thread. */
  void look() {
    due = !all;
  }

  /** Whether the source is to be asked for keys. From any thread. */
  boolean isDue() {
    return due;
  }

  /** It was, or cannot be now. */
  void looked() {
    due = false;
  }

  /** Slots that are held, as another link has found first that they move. */
  BitSet unsaid() {
    BitSet slots = needed();
    for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
      if (isOpen(slot) || !moves.isMoving(slot)) {
        slots.clear(slot);
      }
    }
    return slots;
  }

  /** Slots that are held, and of which it is not known which keys they have. */
  BitSet unlisted() {
    BitSet slots = needed();
    slots.andNot(listed);
    slots.andNot(telling);
    for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
      if (found.containsKey(slot) || !isOpen(slot) || !moves.isMoving(slot)) {
        slots.clear(slot);
      }
    }
    return slots;
  }

  /** The keys that the source had of these slots at an offset stand at the target. */
  void found(BitSet slots, long offset) {
    slots.stream().forEach(slot -> found.put(slot, offset));
  }

  /**
   * The words that say of which slots each key is known where the lane stands here: what the source
   * has said of them until it was asked was left out, and so is written down by then.
   */
  List<byte[]> known(long offset) {
    if (found.isEmpty()) {
      return List.of();
    }
    List<byte[]> fields = new ArrayList<>();
    found
        .entrySet()
        .removeIf(
            each -> {
              boolean known = each.getValue() <= offset;
              if (known) {
                telling.set(each.getKey());
                fields.add(HealRecord.listedField(each.getKey()));
                fields.add(new byte[] {'0'});
              }
              return known;
            });
    return fields;
  }

  /** What was told stands at the target. */
  void told() {
    if (!telling.isEmpty()) {
      listed.or(telling);
      telling.clear();
      changed();
    }
  }

  /** The fields of slots that are not to be fetched any more. */
  List<byte[]> forget(Set<Integer> slots) {
    List<byte[]> fields = new ArrayList<>();
    for (int slot : slots) {
      if (listed.get(slot)) {
        listed.clear(slot);
        fields.add(HealRecord.listedField(slot));
      }
    }
    changed();
    return fields;
  }

  /** What is to be fetched has changed. */
  void changed() {
    BitSet rest = needed();
    rest.andNot(listed);
    all = rest.isEmpty();
  }

  /** Whether each key is known. From any thread. */
  boolean isAll() {
    return all;
  }

  /** What its master may still say something of: what it has or had, and what has come to it. */
  private BitSet needed() {
    BitSet slots = (BitSet) own.clone();
    contained.keySet().stream().filter(this::isOpen).forEach(slots::set);
    return slots;
  }

  private boolean isOpen(int slot) {
    return contained.getOrDefault(slot, -1L) == 0;
  }
}
