package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.DatabaseKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Keys whose value at the target is the source's of a later offset than the lane's: they were
 * fetched again. Tells what is to become of a command up to that offset.
 */
final class Ahead {
  /** What is to become of a command. */
  enum Course {
    /** It touches nothing that is ahead. */
    APPLY,
    /** All that it writes is ahead. */
    SKIP,
    /** It replaces several keys: those that are not ahead. */
    PART,
    /**
     * Its inputs, or some of what it writes with them, are ahead, or it does not name all of its
     * inputs: what it writes is fetched.
     */
    FETCH
  }

  private Map<DatabaseKey, Long> offsets;
  private Map<DatabaseKey, Long> before;
  private long highest;

  /**
   * @param offsets to go on with; changed here
   */
  Ahead(Map<DatabaseKey, Long> offsets) {
    this.offsets = offsets;
    highest = offsets.values().stream().mapToLong(Long::longValue).max().orElse(-1);
  }

  /** A copy that a walk over the stream may change. */
  static Ahead copyOf(Map<DatabaseKey, Long> offsets) {
    return new Ahead(new HashMap<>(offsets));
  }

  /** Whether a command that ends here need not be looked at. */
  boolean isBehind(long endOffset) {
    return endOffset > highest;
  }

  boolean isEmpty() {
    return offsets.isEmpty();
  }

  boolean covers(DatabaseKey key, long endOffset) {
    Long offset = offsets.get(key);
    return offset != null && offset >= endOffset;
  }

  Course judge(TouchedKeys touched, long endOffset) {
    boolean any = false;
    boolean allWritten = true;
    for (int i = 0; i < touched.size(); i++) {
      boolean covered = covers(touched.key(i), endOffset);
      any |= covered;
      allWritten &= covered || !touched.writes(i);
    }
    if (!any) {
      return touched.readsMore() ? Course.FETCH : Course.APPLY;
    }
    if (allWritten) {
      return Course.SKIP;
    }
    return touched.replaces() ? Course.PART : Course.FETCH;
  }

  void put(DatabaseKey key, long offset) {
    offsets.put(key, offset);
    highest = Math.max(highest, offset);
  }

  /** How far a key is ahead, or null. */
  Long of(DatabaseKey key) {
    return offsets.get(key);
  }

  /** None is ahead of more than this. */
  long highest() {
    return highest;
  }

  void remove(DatabaseKey key) {
    offsets.remove(key);
  }

  /** Takes out what ends at or below this offset, and tells which keys that are. */
  List<DatabaseKey> removeUpTo(long offset) {
    if (offsets.isEmpty()) {
      return List.of();
    }
    List<DatabaseKey> removed = new ArrayList<>();
    offsets.forEach(
        (key, end) -> {
          if (end <= offset) {
            removed.add(key);
          }
        });
    removed.forEach(offsets::remove);
    return removed;
  }

  /**
   * A flush makes both sides equal whatever was ahead: the commands behind it are applied.
   *
   * @param database -1 for all
   * @return the keys that are no longer ahead
   */
  List<DatabaseKey> flushed(int database) {
    return flushed(key -> database < 0 || key.database() == database);
  }

  /**
   * The same.
   *
   * @param gone which keys the flush removes
   */
  List<DatabaseKey> flushed(Predicate<DatabaseKey> gone) {
    if (before == null) {
      before = new HashMap<>(offsets);
    }
    List<DatabaseKey> removed = offsets.keySet().stream().filter(gone).toList();
    removed.forEach(offsets::remove);
    return removed;
  }

  /** Keys that hold what a command that ends here is contained in, and so any before it. */
  List<DatabaseKey> beyond(long endOffset) {
    return offsets.keySet().stream().filter(key -> covers(key, endOffset)).toList();
  }

  /** Keys that a swap of two databases leaves in doubt, in both of them. */
  List<DatabaseKey> swapped(int one, int other, long endOffset) {
    List<DatabaseKey> doubtful = new ArrayList<>();
    offsets.forEach(
        (key, end) -> {
          if (end >= endOffset && (key.database() == one || key.database() == other)) {
            doubtful.add(key.in(one));
            doubtful.add(key.in(other));
          }
        });
    return doubtful;
  }

  /** What was ahead where the commands since {@link #beginBatch} began. */
  Map<DatabaseKey, Long> atBegin() {
    return new HashMap<>(before == null ? offsets : before);
  }

  void beginBatch() {
    before = null;
  }

  /** The commands since {@link #beginBatch} are not sent after all. */
  void undoBatch() {
    if (before != null) {
      offsets.putAll(before);
      before = null;
    }
  }
}
