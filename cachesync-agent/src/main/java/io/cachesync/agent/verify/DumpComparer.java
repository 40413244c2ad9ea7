package io.cachesync.agent.verify;

import io.cachesync.agent.resp.RespReader;
import java.io.IOException;
import java.util.BitSet;

/**
 * Compares keys by what DUMP gives, so many at a time as are not too many bytes for the servers; of
 * the replies no more than one of each side is held. For one thread.
 */
final class DumpComparer {
  /** What is larger is read piece by piece. */
  static final long MOST_BYTES = 32 * 1024;

  /** The same, where a server does not tell the size of a value. */
  static final long MOST_ELEMENTS = 64;

  /** A reply that is longer is not held: servers guess how large a value is. */
  static final int MOST_HELD = 2 * 1024 * 1024;

  private static final long PIECE_BYTES = MOST_HELD;

  /** Where nothing is known yet. */
  private static final long FIRST_KEYS = 8;

  private final Wire source;
  private final Wire target;
  private final Replies replies;

  /** What one more dump is taken to have, where no server tells it. */
  private long expectedBytes = PIECE_BYTES / FIRST_KEYS;

  DumpComparer(Wire source, Wire target, Replies replies) {
    this.source = source;
    this.target = target;
    this.replies = replies;
  }

  /**
   * Marks those whose dumps differ.
   *
   * @param keys which ones of the batch
   * @param bytes about how many a value has, by the index of its key; 0 where that is not known
   */
  void compare(KeyBatch batch, BitSet keys, long[] bytes, BitSet closer) throws IOException {
    int from = keys.nextSetBit(0);
    while (from >= 0) {
      BitSet piece = new BitSet();
      long sum = 0;
      int i = from;
      while (i >= 0 && (piece.isEmpty() || sum + expected(bytes[i]) <= PIECE_BYTES)) {
        sum += expected(bytes[i]);
        piece.set(i);
        i = keys.nextSetBit(i + 1);
      }
      from = i;
      comparePiece(batch, piece, closer);
    }
  }

  private long expected(long bytes) {
    return bytes > 0 ? bytes : expectedBytes;
  }

  private void comparePiece(KeyBatch batch, BitSet piece, BitSet closer) throws IOException {
    for (int i = piece.nextSetBit(0); i >= 0; i = piece.nextSetBit(i + 1)) {
      source.to(batch.key(i)).begin(2).arg("DUMP").arg(batch.key(i));
      target.to(batch.targetKey(i)).begin(2).arg("DUMP").arg(batch.targetKey(i));
    }
    source.flush();
    target.flush();
    long largest = 1;
    for (int i = piece.nextSetBit(0); i >= 0; i = piece.nextSetBit(i + 1)) {
      RespReader one = replies.next(source, i);
      RespReader other = replies.next(target, i);
      largest = Math.max(largest, Math.max(one.length(), other.length()));
      boolean isSame =
          Payload.sameValue(
              one.buffer(),
              one.offset(),
              one.length(),
              other.buffer(),
              other.offset(),
              other.length());
      closer.set(i, closer.get(i) || !isSame);
    }
    // What comes next may be larger than all before: no more than twice as many at a time.
    expectedBytes = Math.max(largest, expectedBytes / 2);
  }

  /** Gives the replies in their order. */
  interface Replies {
    /**
     * Told as a null where it is longer than {@link #MOST_HELD}.
     *
     * @param i index of the key that the reply is of
     */
    RespReader next(Wire of, int i) throws IOException;
  }
}
