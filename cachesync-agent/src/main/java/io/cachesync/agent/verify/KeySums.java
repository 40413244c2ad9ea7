package io.cachesync.agent.verify;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A sum of the hashes of all keys of a side, in many parts by the hash itself. Where a part has the
 * same sum on both sides, both have the same keys there; where not, one has a key that the other
 * does not have, or a scan gave a key twice. So only few keys need to be asked for. Thread-safe.
 */
final class KeySums {
  private static final int PARTS = 1 << 17;

  private final AtomicLongArray sums = new AtomicLongArray(PARTS);

  /**
   * @param database of the source
   */
  void add(int database, byte[] key) {
    long hash = hash(database, key);
    sums.addAndGet(part(hash), hash);
  }

  boolean isLike(KeySums other) {
    for (int i = 0; i < PARTS; i++) {
      if (sums.get(i) != other.sums.get(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the part that a key falls in has the same sum. */
  boolean isLike(KeySums other, int database, byte[] key) {
    int part = part(hash(database, key));
    return sums.get(part) == other.sums.get(part);
  }

  void write(DataOutputStream out) throws IOException {
    for (int i = 0; i < PARTS; i++) {
      out.writeLong(sums.get(i));
    }
  }

  void read(DataInputStream in) throws IOException {
    for (int i = 0; i < PARTS; i++) {
      sums.set(i, in.readLong());
    }
  }

  private static long hash(int database, byte[] key) {
    return Hash64.mix(database + 1L, Hash64.of(key));
  }

  private static int part(long hash) {
    return (int) (hash >>> 20) & (PARTS - 1);
  }
}
