package io.cachesync.agent.rdb;

import io.cachesync.agent.entry.KeyValue;
import java.io.IOException;

/**
 * Moves the times at which fields of a hash expire, or leaves them out, in the bytes of its value
 * (rdb.c, rdbSaveObject of 7.4).
 *
 * <pre>
 * HASH_METADATA     earliest time, 8 bytes LE | count | (0 or time - earliest + 1, field, value)…
 * HASH_LISTPACK_EX  earliest time, 8 bytes LE | string: listpack of (field, value, time or 0)…
 * </pre>
 *
 * <p>What Valkey 9 writes ({@link RdbType#VALKEY_HASH_2}) becomes a HASH_METADATA, so that all
 * behind this knows one form.
 */
final class FieldExpiry {
  private static final int TIME_BYTES = 8;

  /** The length byte of a string whose length stands in 4 bytes, high first. */
  private static final int LENGTH_32 = 0x80;

  private static final int LENGTH_32_BYTES = 5;

  /** As above in 8 bytes, and what stands in the byte itself. */
  private static final int LENGTH_64 = 0x81;

  private static final int LENGTH_6_LIMIT = 64;

  private static final int LISTPACK_INT64 = 0xf4;
  private static final int ELEMENTS_PER_FIELD = 3;

  /** In place of the number of elements: so many that they must be counted. */
  private static final int LISTPACK_MANY = 65_535;

  private byte[] rewritten = new byte[0];

  static boolean has(int type) {
    return type == RdbType.HASH_METADATA
        || type == RdbType.HASH_LISTPACK_EX
        || type == RdbType.VALKEY_HASH_2;
  }

  /**
   * Moves all times by so many milliseconds, in place where it can. A hash of which no field has a
   * time any more becomes one that never had: 7.4.0 and 7.4.1 crash or remove fields of other keys
   * some time after they were given such a value and a new time (redis/redis#13539), and older
   * versions can load it.
   *
   * @param in the input that the value was read from, whose checksum has all of it
   * @param listpack the value's string, where its type is HASH_LISTPACK_EX
   */
  void adjust(KeyValue value, RdbInput in, RdbString listpack, long millis) throws IOException {
    if (value.type() == RdbType.VALKEY_HASH_2) {
      fromValkey(value, millis);
      return;
    }
    if (value.type() == RdbType.HASH_METADATA) {
      if (!withoutTimes(value)) {
        add(value.bodyBuffer(), value.bodyOffset(), millis);
      }
      return;
    }
    byte[] from = listpack.buffer(in);
    int offset = listpack.offset(in);
    if (hasTimes(from, offset + Listpack.HEADER_BYTES)) {
      move(value, from, offset, listpack.length(), millis);
    } else {
      withoutTimes(value, from, offset, listpack.length());
    }
  }

  private void fromValkey(KeyValue value, long millis) throws IOException {
    RdbInput body = RdbInput.within(value.bodyBuffer(), value.bodyOffset(), value.bodyLength());
    body.mark();
    long fields = body.readCount();
    long earliest = Long.MAX_VALUE;
    for (long i = 0; i < fields; i++) {
      body.skipString();
      body.skipString();
      long time = body.readLittleEndian(TIME_BYTES);
      earliest = time < 0 ? earliest : Math.min(earliest, time);
    }
    boolean timed = earliest != Long.MAX_VALUE;
    // A time takes eight bytes there, and here up to nine.
    byte[] ours = new byte[TIME_BYTES + value.bodyLength() + (int) fields];
    int to = 0;
    if (timed) {
      little(ours, 0, TIME_BYTES, earliest + millis);
      to = TIME_BYTES;
    }
    body = RdbInput.within(value.bodyBuffer(), value.bodyOffset(), value.bodyLength());
    body.mark();
    body.readCount();
    to = keep(body, 0, ours, to);
    for (long i = 0; i < fields; i++) {
      body.mark();
      body.skipString();
      body.skipString();
      int length = body.sinceMark();
      long time = body.readLittleEndian(TIME_BYTES);
      if (timed) {
        to = length64(ours, to, time < 0 ? 0 : time - earliest + 1);
      }
      System.arraycopy(body.buffer(), body.markPosition(), ours, to, length);
      to += length;
    }
    rewritten = ours;
    value.type(timed ? RdbType.HASH_METADATA : RdbType.HASH);
    value.body(rewritten, 0, to);
  }

  /** A length in the shortest of its forms that this needs; returns where it ends. */
  private static int length64(byte[] buffer, int at, long value) {
    if (value < LENGTH_6_LIMIT) {
      buffer[at] = (byte) value;
      return at + 1;
    }
    buffer[at] = (byte) LENGTH_64;
    for (int i = 0; i < Long.BYTES; i++) {
      buffer[at + 1 + i] = (byte) (value >>> (56 - 8 * i));
    }
    return at + 1 + Long.BYTES;
  }

  private void move(KeyValue value, byte[] from, int offset, int length, long millis) {
    byte[] moved = new byte[TIME_BYTES + LENGTH_32_BYTES + length];
    System.arraycopy(value.bodyBuffer(), value.bodyOffset(), moved, 0, TIME_BYTES);
    add(moved, 0, millis);
    length32(moved, TIME_BYTES, length);
    int start = TIME_BYTES + LENGTH_32_BYTES;
    System.arraycopy(from, offset, moved, start, length);
    moveInListpack(moved, start + Listpack.HEADER_BYTES, millis);
    rewritten = moved;
    value.body(rewritten, 0, rewritten.length);
  }

  private static boolean hasTimes(byte[] buffer, int first) {
    int element = 0;
    for (int at = first; (buffer[at] & 0xff) != Listpack.END; at = Listpack.next(buffer, at)) {
      if (element % ELEMENTS_PER_FIELD == ELEMENTS_PER_FIELD - 1 && buffer[at] != 0) {
        return true;
      }
      element++;
    }
    return false;
  }

  /** Leaves every third element out. */
  private void withoutTimes(KeyValue value, byte[] from, int offset, int length) {
    byte[] plain = new byte[LENGTH_32_BYTES + length];
    int to = LENGTH_32_BYTES + Listpack.HEADER_BYTES;
    int element = 0;
    int kept = 0;
    int at = offset + Listpack.HEADER_BYTES;
    while ((from[at] & 0xff) != Listpack.END) {
      int next = Listpack.next(from, at);
      if (element % ELEMENTS_PER_FIELD < ELEMENTS_PER_FIELD - 1) {
        System.arraycopy(from, at, plain, to, next - at);
        to += next - at;
        kept++;
      }
      element++;
      at = next;
    }
    plain[to++] = (byte) Listpack.END;
    int bytes = to - LENGTH_32_BYTES;
    length32(plain, 0, bytes);
    little(plain, LENGTH_32_BYTES, Integer.BYTES, bytes);
    little(plain, LENGTH_32_BYTES + Integer.BYTES, Short.BYTES, Math.min(kept, LISTPACK_MANY));
    rewritten = plain;
    value.type(RdbType.HASH_LISTPACK);
    value.body(rewritten, 0, to);
  }

  /** Rewrites a HASH_METADATA and returns true where none of its fields has a time. */
  private boolean withoutTimes(KeyValue value) throws IOException {
    int rest = value.bodyLength() - TIME_BYTES;
    RdbInput body = RdbInput.over(value.bodyBuffer(), value.bodyOffset() + TIME_BYTES, rest);
    byte[] plain = new byte[rest];
    body.mark();
    long fields = body.readCount();
    int to = keep(body, 0, plain, 0);
    for (long i = 0; i < fields; i++) {
      body.mark();
      if (body.readLength() != 0) {
        return false;
      }
      int time = body.sinceMark();
      body.skipString();
      body.skipString();
      to = keep(body, time, plain, to);
    }
    rewritten = plain;
    value.type(RdbType.HASH);
    value.body(rewritten, 0, to);
    return true;
  }

  /** Copies what was read since the mark but for its first bytes; returns where the copy ends. */
  private static int keep(RdbInput in, int without, byte[] into, int to) {
    int length = in.sinceMark() - without;
    System.arraycopy(in.buffer(), in.markPosition() + without, into, to, length);
    return to + length;
  }

  /** A time that takes less than 64 bits lies in January 1970, and has passed either way. */
  private static void moveInListpack(byte[] buffer, int first, long millis) {
    int element = 0;
    for (int at = first; at < buffer.length && (buffer[at] & 0xff) != Listpack.END; ) {
      boolean time = element % ELEMENTS_PER_FIELD == ELEMENTS_PER_FIELD - 1;
      if (time && (buffer[at] & 0xff) == LISTPACK_INT64) {
        add(buffer, at + 1, millis);
      }
      at = Listpack.next(buffer, at);
      element++;
    }
  }

  private static void add(byte[] buffer, int at, long millis) {
    little(buffer, at, TIME_BYTES, little(buffer, at, TIME_BYTES) + millis);
  }

  private static void length32(byte[] buffer, int at, int length) {
    buffer[at] = (byte) LENGTH_32;
    for (int i = 0; i < Integer.BYTES; i++) {
      buffer[at + 1 + i] = (byte) (length >>> (24 - 8 * i));
    }
  }

  private static void little(byte[] buffer, int at, int bytes, long value) {
    for (int i = 0; i < bytes; i++) {
      buffer[at + i] = (byte) (value >>> (8 * i));
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
