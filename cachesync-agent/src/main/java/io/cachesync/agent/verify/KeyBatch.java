package io.cachesync.agent.verify;

import java.util.List;
import java.util.function.UnaryOperator;

/** Keys of one database that are looked at together. */
final class KeyBatch {
  /** Tells workers that nothing more comes. */
  static final KeyBatch END = new KeyBatch(0, false, 0, List.of(), null);

  private final int database;
  private final boolean fromTarget;
  private final int source;
  private final List<byte[]> keys;
  private final List<long[]> seen;
  private List<byte[]> atTarget;

  /**
   * @param database of the source
   * @param fromTarget whether the target was scanned for them: whether the source has them is all
   *     that is asked then
   * @param source number of the source that is asked first
   * @param seen of each key what the round before found, or null in the first round
   */
  KeyBatch(int database, boolean fromTarget, int source, List<byte[]> keys, List<long[]> seen) {
    this.database = database;
    this.fromTarget = fromTarget;
    this.source = source;
    this.keys = keys;
    this.seen = seen;
    this.atTarget = keys;
  }

  int database() {
    return database;
  }

  boolean fromTarget() {
    return fromTarget;
  }

  /** Number of the source that is asked first: the one that was scanned for them. */
  int source() {
    return source;
  }

  int size() {
    return keys.size();
  }

  /** Sets what the keys are called at the target; by default the same. */
  void name(UnaryOperator<byte[]> atTargetOf) {
    atTarget = keys.stream().map(atTargetOf).toList();
  }

  /** What a key is called at the source. */
  byte[] key(int index) {
    return keys.get(index);
  }

  List<byte[]> keys() {
    return keys;
  }

  /** What a key is called at the target. */
  byte[] targetKey(int index) {
    return atTarget.get(index);
  }

  /** What the round before found of a key, or null. */
  long[] seen(int index) {
    return seen == null ? null : seen.get(index);
  }
}
