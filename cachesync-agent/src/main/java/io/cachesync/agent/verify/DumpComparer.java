package io.cachesync.agent.verify;

import io.cachesync.agent.resp.RespReader;
import java.io.IOException;
import java.util.BitSet;
import java.util.function.LongConsumer;

/**
 * Compares keys by what DUMP gives, so many at a time as are not too many bytes for the servers; of
 * the replies no more than one of each side is held. For one thread.
 */
final class DumpComparer {
  private final Wire source;
  private final Wire target;
  private final Replies replies;

  DumpComparer(Wire source, Wire target, Replies replies) {
    this.source = source;
    this.target = target;
    this.replies = replies;
  }

  /**
   * Marks those whose dumps differ: that says nothing of the values.
   *
   * @param keys which ones of the batch
   * @param cost bytes of their values
   * @param unlike takes those whose elements tell more
   * @param closer takes those of which nothing that is small was read
   * @param seen is told after each piece how many bytes its largest dump had
   */
  void compare(
      KeyBatch batch,
      BitSet keys,
      ValueType[] types,
      Pieces.Cost cost,
      BitSet unlike,
      BitSet closer,
      LongConsumer seen)
      throws IOException {
    Pieces.of(
        keys,
        cost,
        piece -> {
          send(batch, piece);
          long largest = 0;
          for (int i = piece.nextSetBit(0); i >= 0; i = piece.nextSetBit(i + 1)) {
            RespReader one = replies.next(source, i);
            RespReader other = replies.next(target, i);
            largest = Math.max(largest, Math.max(one.length(), other.length()));
            judge(i, types[i], one, other, unlike, closer);
          }
          seen.accept(largest);
        });
  }

  private void send(KeyBatch batch, BitSet piece) throws IOException {
    for (int i = piece.nextSetBit(0); i >= 0; i = piece.nextSetBit(i + 1)) {
      source.to(batch.key(i)).begin(2).arg("DUMP").arg(batch.key(i));
      target.to(batch.targetKey(i)).begin(2).arg("DUMP").arg(batch.targetKey(i));
    }
    source.flush();
    target.flush();
  }

  private static void judge(
      int i, ValueType type, RespReader one, RespReader other, BitSet unlike, BitSet closer) {
    boolean isSame =
        Payload.sameValue(
            one.buffer(),
            one.offset(),
            one.length(),
            other.buffer(),
            other.offset(),
            other.length());
    if (isSame || closer.get(i)) {
      return;
    }
    if (MembersComparer.knows(type) && isPlain(one, type) && isPlain(other, type)) {
      unlike.set(i);
    } else {
      closer.set(i);
    }
  }

  /** Whether a dump was read, and has nothing but its elements. */
  private static boolean isPlain(RespReader dump, ValueType type) {
    return dump.length() > 0
        && (type != ValueType.HASH || Payload.isPlainHash(dump.buffer()[dump.offset()]));
  }
}
