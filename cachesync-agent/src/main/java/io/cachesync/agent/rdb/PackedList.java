package io.cachesync.agent.rdb;

/**
 * Goes over the elements of a listpack or a ziplist, one after the other. What is an integer there
 * is told as the text that it stands for. Reused.
 */
abstract class PackedList {
  private static final int LONG_DIGITS = 20;

  private final byte[] digits = new byte[LONG_DIGITS];
  private byte[] packed;
  private int at;
  private int end;
  private byte[] buffer;
  private int offset;
  private int length;

  /** Bytes before the first element. */
  abstract int headerBytes();

  /** The elements' first bytes; an element tells itself by {@link #text} or {@link #integer}. */
  abstract int read(byte[] bytes, int from) throws RdbFormatException;

  /** Begins with the first element. */
  final void begin(byte[] bytes, int from, int count) throws RdbFormatException {
    packed = bytes;
    at = from + headerBytes();
    end = from + count;
    if (at >= end) {
      throw damaged();
    }
  }

  /** Goes to the next element; false behind the last. */
  final boolean next() throws RdbFormatException {
    need(at, 1);
    if ((packed[at] & 0xff) == 0xff) {
      return false;
    }
    at = read(packed, at);
    return true;
  }

  final byte[] buffer() {
    return buffer;
  }

  final int offset() {
    return offset;
  }

  final int length() {
    return length;
  }

  /** Where the element ends that is so many bytes of text. */
  final int text(int from, long count) throws RdbFormatException {
    need(from, count);
    buffer = packed;
    offset = from;
    length = (int) count;
    return from + length;
  }

  final void integer(long value) {
    // Counting on the negative side: it alone holds Long.MIN_VALUE.
    long rest = value < 0 ? value : -value;
    int first = LONG_DIGITS;
    do {
      digits[--first] = (byte) ('0' - rest % 10);
      rest /= 10;
    } while (rest != 0);
    if (value < 0) {
      digits[--first] = '-';
    }
    buffer = digits;
    offset = first;
    length = LONG_DIGITS - first;
  }

  /** A signed number, low byte first. */
  final long little(int from, int bytes) throws RdbFormatException {
    need(from, bytes);
    long value = packed[from + bytes - 1];
    for (int i = bytes - 2; i >= 0; i--) {
      value = value << 8 | packed[from + i] & 0xff;
    }
    return value;
  }

  final int unsigned(int from) throws RdbFormatException {
    need(from, 1);
    return packed[from] & 0xff;
  }

  static RdbFormatException damaged() {
    return RdbFormatException.corrupt(0, "a packed list that ends where it should not");
  }

  private void need(int from, long bytes) throws RdbFormatException {
    if (bytes < 0 || from + bytes > end) {
      throw damaged();
    }
  }
}
