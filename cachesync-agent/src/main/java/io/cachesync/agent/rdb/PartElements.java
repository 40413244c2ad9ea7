package io.cachesync.agent.rdb;

import io.cachesync.agent.entry.KeyValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Goes over the elements of a {@link RdbRecord#PART}, each as the words that a command adds it
 * with: an element of a list or a set; field and value of a hash; score and member of a sorted set.
 * Reused.
 */
public final class PartElements {
  private static final int PLAIN_NODE = 1;
  private static final int NAN = 253;
  private static final int PLUS_INFINITY = 254;
  private static final int MINUS_INFINITY = 255;
  private static final byte[] PLUS = "inf".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MINUS = "-inf".getBytes(StandardCharsets.US_ASCII);

  private final RdbString string = new RdbString();
  private final RdbString second = new RdbString();
  private final Listpack listpack = new Listpack();
  private final Ziplist ziplist = new Ziplist();
  private final byte[][] buffers = new byte[2][];
  private final int[] offsets = new int[2];
  private final int[] lengths = new int[2];
  private RdbInput in;
  private int end;
  private int type;

  /** The node of a list that is gone over, or null. */
  private PackedList node;

  /** Begins with the first element. */
  public void begin(KeyValue part) {
    in = RdbInput.within(part.bodyBuffer(), part.bodyOffset(), part.bodyLength());
    end = part.bodyOffset() + part.bodyLength();
    type = part.type();
    node = null;
  }

  /** How many words an element has, 1 or 2. */
  public int words() {
    return type == RdbType.HASH || isSortedSet() ? 2 : 1;
  }

  /**
   * Goes to the next element; false behind the last. Words are valid until the next call.
   *
   * @throws RdbFormatException RDB_CORRUPT
   */
  public boolean next() throws IOException {
    while (node != null || in.position() < end) {
      if (node == null) {
        in.mark();
        if (!isQuicklist()) {
          element();
          return true;
        }
        if (isPlainNode()) {
          return true;
        }
      }
      if (node.next()) {
        word(0, node.buffer(), node.offset(), node.length());
        return true;
      }
      node = null;
    }
    return false;
  }

  public byte[] buffer(int word) {
    return buffers[word];
  }

  public int offset(int word) {
    return offsets[word];
  }

  public int length(int word) {
    return lengths[word];
  }

  private boolean isSortedSet() {
    return type == RdbType.ZSET || type == RdbType.ZSET_2;
  }

  private boolean isQuicklist() {
    return type == RdbType.LIST_QUICKLIST || type == RdbType.LIST_QUICKLIST_2;
  }

  private void element() throws IOException {
    string.read(in, true);
    if (isSortedSet()) {
      word(1, string.buffer(in), string.offset(in), string.length());
      score();
      return;
    }
    if (type == RdbType.HASH) {
      second.read(in, true);
      word(1, second.buffer(in), second.offset(in), second.length());
    }
    word(0, string.buffer(in), string.offset(in), string.length());
  }

  /** Reads a node of a list: one that is nothing but an element, or one that is to be gone over. */
  private boolean isPlainNode() throws IOException {
    boolean ofListpacks = type == RdbType.LIST_QUICKLIST_2;
    boolean plain = ofListpacks && in.readLength() == PLAIN_NODE;
    string.read(in, true);
    if (plain) {
      word(0, string.buffer(in), string.offset(in), string.length());
    } else {
      node = ofListpacks ? listpack : ziplist;
      node.begin(string.buffer(in), string.offset(in), string.length());
    }
    return plain;
  }

  private void score() throws IOException {
    if (type == RdbType.ZSET_2) {
      double score = Double.longBitsToDouble(in.readLittleEndian(Double.BYTES));
      if (Double.isNaN(score)) {
        throw in.corrupt("a score that is no number");
      }
      if (Double.isInfinite(score)) {
        word(0, score > 0 ? PLUS : MINUS);
      } else {
        word(0, BodyOut.text(score));
      }
      return;
    }
    int length = in.readByte();
    switch (length) {
      case NAN -> throw in.corrupt("a score that is no number");
      case PLUS_INFINITY -> word(0, PLUS);
      case MINUS_INFINITY -> word(0, MINUS);
      default -> {
        word(0, in.buffer(), in.position(), length);
        in.skip(length);
      }
    }
  }

  private void word(int number, byte[] bytes) {
    word(number, bytes, 0, bytes.length);
  }

  private void word(int number, byte[] buffer, int offset, int length) {
    buffers[number] = buffer;
    offsets[number] = offset;
    lengths[number] = length;
  }
}
