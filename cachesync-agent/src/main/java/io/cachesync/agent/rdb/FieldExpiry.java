package io.cachesync.agent.rdb;

import io.cachesync.agent.entry.KeyValue;

/**
 * Moves the times at which fields of a hash expire, in the bytes of its value (rdb.c, rdbSaveObject
 * of 7.4).
 *
 * <pre>
 * HASH_METADATA     earliest time, 8 bytes LE | count | (0 or time - earliest + 1, field, value)…
 * HASH_LISTPACK_EX  earliest time, 8 bytes LE | string: listpack of (field, value, time or 0)…
 * </pre>
 */
final class FieldExpiry {
  private static final int TIME_BYTES = 8;

  /** The length byte of a string whose length stands in 4 bytes, high first. */
  private static final int LENGTH_32 = 0x80;

  private static final int LENGTH_32_BYTES = 5;

  private static final int LISTPACK_HEADER_BYTES = 6;
  private static final int LISTPACK_END = 0xff;
  private static final int LISTPACK_INT64 = 0xf4;
  private static final int ELEMENTS_PER_FIELD = 3;

  private byte[] unpacked = new byte[0];

  static boolean has(int type) {
    return type == RdbType.HASH_METADATA || type == RdbType.HASH_LISTPACK_EX;
  }

  /**
   * Moves them all by so many milliseconds, in place where it can.
   *
   * @param in the input that the value was read from, whose checksum has all of it
   * @param listpack the value's string, where its type is HASH_LISTPACK_EX
   */
  void move(KeyValue value, RdbInput in, RdbString listpack, long millis) {
    if (value.type() == RdbType.HASH_METADATA) {
      add(value.bodyBuffer(), value.bodyOffset(), millis);
      return;
    }
    int length = listpack.length();
    unpacked = new byte[TIME_BYTES + LENGTH_32_BYTES + length];
    System.arraycopy(value.bodyBuffer(), value.bodyOffset(), unpacked, 0, TIME_BYTES);
    add(unpacked, 0, millis);
    unpacked[TIME_BYTES] = (byte) LENGTH_32;
    for (int i = 0; i < Integer.BYTES; i++) {
      unpacked[TIME_BYTES + 1 + i] = (byte) (length >>> (24 - 8 * i));
    }
    int start = TIME_BYTES + LENGTH_32_BYTES;
    System.arraycopy(listpack.buffer(in), listpack.offset(in), unpacked, start, length);
    moveInListpack(unpacked, start + LISTPACK_HEADER_BYTES, millis);
    value.body(unpacked, 0, unpacked.length);
  }

  /** A time that takes less than 64 bits lies in January 1970, and has passed either way. */
  private static void moveInListpack(byte[] buffer, int first, long millis) {
    int element = 0;
    for (int at = first; at < buffer.length && (buffer[at] & 0xff) != LISTPACK_END; ) {
      boolean time = element % ELEMENTS_PER_FIELD == ELEMENTS_PER_FIELD - 1;
      if (time && (buffer[at] & 0xff) == LISTPACK_INT64) {
        add(buffer, at + 1, millis);
      }
      int length = elementLength(buffer, at);
      at += length + backLength(length);
      element++;
    }
  }

  /** Bytes of a listpack's element without its length at the end (listpack.c). */
  private static int elementLength(byte[] buffer, int at) {
    int first = buffer[at] & 0xff;
    if (first < 0x80) {
      return 1;
    }
    if (first < 0xc0) {
      return 1 + (first & 0x3f);
    }
    if (first < 0xe0) {
      return 2;
    }
    if (first < 0xf0) {
      return 2 + ((first & 0x0f) << 8 | buffer[at + 1] & 0xff);
    }
    return switch (first) {
      case 0xf0 -> 5 + (int) little(buffer, at + 1, Integer.BYTES);
      case 0xf1 -> 3;
      case 0xf2 -> 4;
      case 0xf3 -> 5;
      default -> 9;
    };
  }

  private static int backLength(int length) {
    if (length < 1 << 7) {
      return 1;
    }
    if (length < (1 << 14) - 1) {
      return 2;
    }
    return length < (1 << 21) - 1 ? 3 : length < (1 << 28) - 1 ? 4 : 5;
  }

  private static void add(byte[] buffer, int at, long millis) {
    long moved = little(buffer, at, TIME_BYTES) + millis;
    for (int i = 0; i < TIME_BYTES; i++) {
      buffer[at + i] = (byte) (moved >>> (8 * i));
    }
  }

  private static long little(byte[] buffer, int at, int bytes) {
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      value = value << 8 | buffer[at + i] & 0xff;
    }
    return value;
  }
}
