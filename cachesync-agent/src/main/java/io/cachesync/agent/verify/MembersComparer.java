package io.cachesync.agent.verify;

import io.cachesync.agent.resp.RespReader;
import io.cachesync.agent.resp.RespWriter;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.LongConsumer;

/**
 * Compares small collections by all of their elements, whatever encodes them and in whatever order
 * a hash table gives them. Both sides are asked at once for many keys; of the replies no more than
 * one of one side is held, and only from where the order differs on. For one thread.
 */
final class MembersComparer {
  /** What has grown beyond this since its size was asked is for the closer look. */
  private static final int MOST_BYTES = 1024 * 1024;

  private final Wire source;
  private final Wire target;
  private final Replies replies;
  private final Bag bag = new Bag();

  /** The last tokens of both sides. */
  private RespReader one;

  private RespReader other;

  /** Bytes of the value that is read, of each side. */
  private long ofSource;

  private long ofTarget;

  private long largest;

  /**
   * @param replies that mark a key as a suspect where it is an error
   */
  MembersComparer(Wire source, Wire target, Replies replies) {
    this.source = source;
    this.target = target;
    this.replies = replies;
  }

  /** Whether all elements of a type tell all of a value, but for times of fields. */
  static boolean knows(ValueType type) {
    return switch (type) {
      case LIST, SET, ZSET, HASH -> true;
      default -> false;
    };
  }

  /**
   * Marks those that are not shown to be equal.
   *
   * @param keys which ones of the batch, of types that it knows
   * @param cost bytes of their values
   * @param seen is told after each piece how many bytes its largest value had
   */
  void compare(
      KeyBatch batch,
      BitSet keys,
      ValueType[] types,
      Pieces.Cost cost,
      BitSet closer,
      LongConsumer seen)
      throws IOException {
    Pieces.of(
        keys,
        cost,
        piece -> {
          largest = 0;
          comparePiece(batch, piece, types, closer);
          seen.accept(largest);
        });
  }

  private void comparePiece(KeyBatch batch, BitSet piece, ValueType[] types, BitSet closer)
      throws IOException {
    for (int i = piece.nextSetBit(0); i >= 0; i = piece.nextSetBit(i + 1)) {
      write(source.to(batch.key(i)), batch.key(i), types[i]);
      write(target.to(batch.targetKey(i)), batch.targetKey(i), types[i]);
    }
    source.flush();
    target.flush();
    for (int i = piece.nextSetBit(0); i >= 0; i = piece.nextSetBit(i + 1)) {
      ofSource = 0;
      ofTarget = 0;
      closer.set(i, !isSame(i, types[i], closer));
      largest = Math.max(largest, Math.max(ofSource, ofTarget));
    }
  }

  /** Writes the command that asks for all elements of a key of a type that it knows. */
  static void write(RespWriter out, byte[] key, ValueType type) {
    switch (type) {
      case LIST -> out.begin(4).arg("LRANGE").arg(key).arg("0").arg("-1");
      case SET -> out.begin(2).arg("SMEMBERS").arg(key);
      case ZSET -> out.begin(5).arg("ZRANGE").arg(key).arg("0").arg("-1").arg("WITHSCORES");
      case HASH -> out.begin(2).arg("HGETALL").arg(key);
      default -> throw new IllegalArgumentException("elements of " + type);
    }
  }

  /** Reads all that both sides have answered, whatever it finds. */
  private boolean isSame(int i, ValueType type, BitSet closer) throws IOException {
    long here = replies.next(source, i).integer();
    long there = replies.next(target, i).integer();
    // An error of one side is no array; none of both are keys that are gone.
    boolean same = here == there && here > 0 && !closer.get(i);
    long read = same ? inOrder(i, type, here) : 0;
    if (same && read < here) {
      // What differs has been read, and stands in both buffers.
      boolean unordered = type == ValueType.SET || (type == ValueType.HASH && read % 2 == 0);
      if (unordered) {
        return inAnyOrder(i, type == ValueType.HASH ? 2 : 1, here - read);
      }
      same = false;
      read++;
    }
    skip(source, i, here - read);
    skip(target, i, there - read);
    return same;
  }

  /**
   * How many of the elements are equal before the first that is not; that one is the last token of
   * both sides.
   */
  private long inOrder(int i, ValueType type, long elements) throws IOException {
    for (long n = 0; n < elements; n++) {
      next(source, i);
      next(target, i);
      boolean isScore = type == ValueType.ZSET && n % 2 == 1;
      if (!isEqual() && !(isScore && Score.isSame(bytes(one), bytes(other)))) {
        return n;
      }
    }
    return elements;
  }

  /**
   * Whether what is left is equal; its first tokens are the last ones of both sides.
   *
   * @param stride tokens that belong together
   */
  private boolean inAnyOrder(int i, int stride, long tokens) throws IOException {
    int elements = (int) (tokens / stride);
    bag.clear(elements);
    boolean same = true;
    for (int n = 0; n < elements; n++) {
      same &= element(source, i, stride, n == 0);
      if (same) {
        bag.put();
      }
    }
    for (int n = 0; n < elements; n++) {
      same &= element(target, i, stride, n == 0) && bag.take();
    }
    return same;
  }

  /** Returns whether the bag could take it. */
  private boolean element(Wire of, int i, int stride, boolean begun) throws IOException {
    boolean held = bag.length() < MOST_BYTES;
    for (int part = 0; part < stride; part++) {
      if (!begun || part > 0) {
        next(of, i);
      }
      RespReader in = of == source ? one : other;
      held &= in.integer() >= 0;
      if (held) {
        bag.append(in);
      }
    }
    return held;
  }

  private void next(Wire of, int i) throws IOException {
    RespReader in = replies.next(of, i);
    long read = in.integer() < 0 ? Replies.MOST_HELD : in.length();
    if (of == source) {
      one = in;
      ofSource += read;
    } else {
      other = in;
      ofTarget += read;
    }
  }

  private boolean isEqual() {
    return one.integer() >= 0
        && other.integer() >= 0
        && Arrays.equals(
            one.buffer(),
            one.offset(),
            one.offset() + one.length(),
            other.buffer(),
            other.offset(),
            other.offset() + other.length());
  }

  private static byte[] bytes(RespReader in) {
    return Arrays.copyOfRange(in.buffer(), in.offset(), in.offset() + in.length());
  }

  private void skip(Wire of, int i, long tokens) throws IOException {
    for (long n = 0; n < tokens; n++) {
      next(of, i);
    }
  }
}
