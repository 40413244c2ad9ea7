package io.cachesync.agent.sync;

import java.util.BitSet;

/**
 * Which keys may be at the target from a former full sync although the snapshot that was written
 * over it does not have them: of those that were left there and those that were written, sums of
 * hashes, in many parts. Where the sums of a part are the same both were the same keys, but for one
 * case in 2^64. In a part that is unlike every key that was left is one that may be. For one
 * thread; of a fixed size, and asking does not allocate.
 */
final class Leftovers {
  /** Of all links of a job together. */
  private static final int PARTS = 1 << 20;

  private static final int NAMES_OF_A_PART = 1 << 5;
  private static final long SEED = 0x9E3779B97F4A7C15L;
  private static final long PRIME = 0x100000001B3L;

  private final long[] sums;

  /** By a part of the hash, whether such a key was left. */
  private final BitSet left = new BitSet();

  /**
   * @param links that each keep such sums at the same time
   */
  Leftovers(int links) {
    sums = new long[Integer.highestOneBit(PARTS / Math.min(links, PARTS))];
  }

  /** A key was at the target, and was left there. */
  void leave(int database, byte[] key) {
    long hash = hash(database, key, 0, key.length);
    left.set(name(hash));
    sums[part(hash)] += hash;
  }

  /** A key of the snapshot was put at the target; all that are left were told before. */
  void written(int database, byte[] buffer, int offset, int length) {
    long hash = hash(database, buffer, offset, length);
    if (left.get(name(hash))) {
      sums[part(hash)] -= hash;
    }
  }

  boolean isEmpty() {
    return left.isEmpty();
  }

  boolean mayBe(int database, byte[] key) {
    long hash = hash(database, key, 0, key.length);
    return left.get(name(hash)) && sums[part(hash)] != 0;
  }

  private int name(long hash) {
    return (int) hash & (sums.length * NAMES_OF_A_PART - 1);
  }

  private int part(long hash) {
    return (int) (hash >>> 40) & (sums.length - 1);
  }

  private static long hash(int database, byte[] buffer, int offset, int length) {
    long hash = SEED * (database + 1L) ^ length;
    for (int i = offset; i < offset + length; i++) {
      hash = (hash ^ (buffer[i] & 0xff)) * PRIME;
    }
    // The end of MurmurHash3's 64 bits, as published: each bit hangs on every other.
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}
