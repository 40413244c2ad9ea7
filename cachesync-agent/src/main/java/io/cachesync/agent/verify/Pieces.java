package io.cachesync.agent.verify;

import java.io.IOException;
import java.util.BitSet;

/** Cuts keys of a batch into so many at a time as are not too many bytes for the servers. */
final class Pieces {
  /** So many bytes are asked of a side at a time. */
  static final long BYTES = 2 * 1024 * 1024;

  private Pieces() {}

  /**
   * Gives all keys on, in their order; a key that is too large for a piece is one of its own.
   *
   * @param keys their indexes
   */
  static void of(BitSet keys, Cost cost, Work work) throws IOException {
    int from = keys.nextSetBit(0);
    while (from >= 0) {
      BitSet piece = new BitSet();
      long sum = 0;
      int i = from;
      while (i >= 0 && (piece.isEmpty() || sum + cost.ofKey(i) <= BYTES)) {
        sum += cost.ofKey(i);
        piece.set(i);
        i = keys.nextSetBit(i + 1);
      }
      from = i;
      work.on(piece);
    }
  }

  /** About how many bytes a value has. */
  interface Cost {
    long ofKey(int i);
  }

  /** What is done with a piece. */
  interface Work {
    void on(BitSet piece) throws IOException;
  }
}
