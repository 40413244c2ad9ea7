package io.cachesync.agent.rdb;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The body of a value that is being written. Reused. */
final class BodyOut {
  /** A count that is written before it is known: a length in 4 bytes, high first. */
  private static final int LENGTH_32 = 0x80;

  private static final int COUNT_BYTES = 5;
  private static final int PLUS_INFINITY = 254;
  private static final int MINUS_INFINITY = 255;

  /** What one huge value has grown is given back before the next. */
  private static final int KEPT_BYTES = 8 * 1024 * 1024;

  private final int maxBytes;
  private byte[] buffer = new byte[1024];
  private int length;

  /**
   * @param maxBytes more is a fault
   */
  BodyOut(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  void clear() {
    length = 0;
    if (buffer.length > KEPT_BYTES) {
      buffer = new byte[1024];
    }
  }

  byte[] buffer() {
    return buffer;
  }

  int length() {
    return length;
  }

  void raw(byte[] bytes, int offset, int count) throws RdbFormatException {
    reserve(count);
    System.arraycopy(bytes, offset, buffer, length, count);
    length += count;
  }

  /** A string as it is, whatever it spells. */
  void string(byte[] bytes, int offset, int count) throws RdbFormatException {
    reserve(COUNT_BYTES);
    if (count < 1 << 6) {
      buffer[length++] = (byte) count;
    } else if (count < 1 << 14) {
      buffer[length++] = (byte) (0x40 | count >>> 8);
      buffer[length++] = (byte) count;
    } else {
      length32(length, count);
      length += COUNT_BYTES;
    }
    raw(bytes, offset, count);
  }

  /** Eight bytes, low first. */
  void little(long value) throws RdbFormatException {
    reserve(Long.BYTES);
    for (int i = 0; i < Long.BYTES; i++) {
      buffer[length++] = (byte) (value >>> (8 * i));
    }
  }

  /** Leaves room for a number of elements; returns where. */
  int beginCount() throws RdbFormatException {
    reserve(COUNT_BYTES);
    int at = length;
    length += COUNT_BYTES;
    return at;
  }

  void endCount(int at, int count) {
    length32(at, count);
  }

  /** A score as text, as servers before 4.0 write it. */
  void score(double score) throws RdbFormatException {
    if (score == Double.POSITIVE_INFINITY || score == Double.NEGATIVE_INFINITY) {
      reserve(1);
      buffer[length++] = (byte) (score > 0 ? PLUS_INFINITY : MINUS_INFINITY);
      return;
    }
    byte[] bytes = text(score);
    scoreText(bytes, 0, bytes.length);
  }

  /** A finite score in digits that mean exactly it. */
  static byte[] text(double score) {
    boolean whole = score == (long) score && Math.abs(score) < 1L << 53;
    boolean minusZero = score == 0 && 1 / score < 0;
    String text = whole && !minusZero ? Long.toString((long) score) : Double.toString(score);
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** A score that is text already. */
  void scoreText(byte[] text, int offset, int count) throws RdbFormatException {
    reserve(1);
    buffer[length++] = (byte) count;
    raw(text, offset, count);
  }

  private void length32(int at, int value) {
    buffer[at] = (byte) LENGTH_32;
    for (int i = 0; i < Integer.BYTES; i++) {
      buffer[at + 1 + i] = (byte) (value >>> (24 - 8 * i));
    }
  }

  private void reserve(int more) throws RdbFormatException {
    long needed = (long) length + more;
    if (needed > maxBytes) {
      throw RdbFormatException.tooLarge(
          length, "a value of more than " + maxBytes + " bytes in the form of an older version");
    }
    if (needed > buffer.length) {
      buffer =
          Arrays.copyOf(buffer, (int) Math.min(maxBytes, Math.max(needed, buffer.length * 2L)));
    }
  }
}
