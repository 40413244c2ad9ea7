package io.cachesync.agent.rdb;

import io.cachesync.agent.entry.ByteSource;
import java.io.IOException;

/**
 * A window over the snapshot that slides forward: everything from the mark on stays in one piece of
 * the buffer, everything before it goes into the checksum and is forgotten.
 *
 * <p>Lengths (rdb.c, rdbLoadLenByRef):
 *
 * <pre>
 * 00xxxxxx                 6 bits
 * 01xxxxxx yyyyyyyy        14 bits, high first
 * 10000000 + 4 bytes BE    32 bits
 * 10000001 + 8 bytes BE    64 bits, 4.0 and later
 * 11xxxxxx                 no length: a string in encoding xxxxxx
 * </pre>
 */
final class RdbInput {
  /** Encodings of strings. */
  static final int INT8 = 0;

  static final int INT16 = 1;
  static final int INT32 = 2;
  static final int LZF = 3;

  /** What may stand in the buffer beside a value of the largest size. */
  private static final long SLACK_BYTES = 64 * 1024;

  private static final int NOT_ENCODED = -1;
  private static final int INITIAL_BYTES = 256 * 1024;

  /** A buffer that one huge value has grown is given back behind it. */
  private static final int KEPT_BYTES = 8 * 1024 * 1024;

  private final ByteSource in;
  private final int maxValueBytes;
  private byte[] buffer;
  private int mark;
  private int position;
  private int limit;
  private int summed;
  private long crc;

  /** Bytes of the snapshot before the start of the buffer. */
  private long dropped;

  private int encoding = NOT_ENCODED;

  RdbInput(ByteSource in, int maxValueBytes) {
    this(in, maxValueBytes, INITIAL_BYTES);
  }

  private RdbInput(ByteSource in, int maxValueBytes, int bufferBytes) {
    this.in = in;
    this.maxValueBytes = maxValueBytes;
    this.buffer = new byte[bufferBytes];
  }

  /** Over bytes that are all there. */
  static RdbInput over(byte[] bytes, int offset, int length) {
    RdbInput input = new RdbInput((buffer, at, most) -> -1, length, Math.max(1, length));
    System.arraycopy(bytes, offset, input.buffer, 0, length);
    input.limit = length;
    return input;
  }

  /** Over bytes that are all there and stay where they are. */
  static RdbInput within(byte[] bytes, int offset, int length) {
    RdbInput input = new RdbInput((buffer, at, most) -> -1, Math.max(1, length), 0);
    input.buffer = bytes;
    input.position = offset;
    input.mark = offset;
    input.summed = offset;
    input.limit = offset + length;
    input.dropped = -offset;
    return input;
  }

  byte[] buffer() {
    return buffer;
  }

  int position() {
    return position;
  }

  /** Position in the snapshot. */
  long bytesRead() {
    return dropped + position;
  }

  /** From here on bytes stay, until the next mark. */
  void mark() {
    mark = position;
  }

  /** Bytes since the mark: stays true when the buffer moves. */
  int sinceMark() {
    return position - mark;
  }

  /** Where in the buffer the mark stands now. */
  int markPosition() {
    return mark;
  }

  int readByte() throws IOException {
    require(1);
    return buffer[position++] & 0xff;
  }

  long readLittleEndian(int bytes) throws IOException {
    require(bytes);
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      value = (value << 8) | (buffer[position + i] & 0xff);
    }
    position += bytes;
    return value;
  }

  /** A length as 64 raw bits, which some fields use in full. */
  long readLength() throws IOException {
    long length = readLengthOrEncoding();
    if (encoding != NOT_ENCODED) {
      throw corrupt("expected a length, found a string encoding");
    }
    return length;
  }

  /** A number of elements or bytes. */
  long readCount() throws IOException {
    long count = readLength();
    if (count < 0) {
      throw corrupt("impossible length " + Long.toUnsignedString(count));
    }
    return count;
  }

  /** Reads a length; afterwards {@link #encoding()} tells whether it was none. */
  long readLengthOrEncoding() throws IOException {
    int first = readByte();
    encoding = NOT_ENCODED;
    switch (first >>> 6) {
      case 0:
        return first & 0x3f;
      case 1:
        return ((first & 0x3f) << 8) | readByte();
      case 2:
        if (first == 0x80) {
          return readBigEndian(4);
        }
        if (first == 0x81) {
          return readBigEndian(8);
        }
        throw corrupt("impossible length byte 0x" + Integer.toHexString(first));
      default:
        encoding = first & 0x3f;
        return 0;
    }
  }

  /** INT8 to LZF, or negative after a plain length. */
  int encoding() {
    return encoding;
  }

  void skip(long bytes) throws IOException {
    if (bytes < 0) {
      throw corrupt("impossible length " + Long.toUnsignedString(bytes));
    }
    if (bytes > maxValueBytes - sinceMark()) {
      throw tooLarge();
    }
    require((int) bytes);
    position += (int) bytes;
  }

  void skipString() throws IOException {
    long length = readLengthOrEncoding();
    switch (encoding) {
      case NOT_ENCODED -> skip(length);
      case INT8 -> skip(1);
      case INT16 -> skip(2);
      case INT32 -> skip(4);
      case LZF -> {
        long compressed = readCount();
        readCount();
        skip(compressed);
      }
      default -> throw corrupt("unknown string encoding " + encoding);
    }
  }

  /** The checksum of everything read so far. */
  long checksum() {
    crc = Crc64.update(crc, buffer, summed, position - summed);
    summed = position;
    return crc;
  }

  boolean atEnd() throws IOException {
    if (limit > position) {
      return false;
    }
    mark();
    makeRoom(1);
    int read = in.read(buffer, limit, buffer.length - limit);
    limit += Math.max(0, read);
    return read < 0;
  }

  RdbFormatException corrupt(String what) {
    return RdbFormatException.corrupt(bytesRead(), what);
  }

  RdbFormatException unsupported(String what) {
    return RdbFormatException.unsupported(bytesRead(), what);
  }

  private RdbFormatException tooLarge() {
    return RdbFormatException.tooLarge(
        bytesRead(),
        "a value of more than " + maxValueBytes + " bytes; a larger heap (-Xmx) allows more");
  }

  private long readBigEndian(int bytes) throws IOException {
    require(bytes);
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = (value << 8) | (buffer[position + i] & 0xff);
    }
    position += bytes;
    return value;
  }

  /** Reads until so many bytes stand behind the position. */
  private void require(int bytes) throws IOException {
    while (limit - position < bytes) {
      if (limit == buffer.length) {
        makeRoom(bytes);
      }
      if (limit == buffer.length) {
        throw tooLarge();
      }
      int read = in.read(buffer, limit, buffer.length - limit);
      if (read < 0) {
        throw RdbFormatException.corrupt(dropped + limit, "ends too early");
      }
      limit += read;
    }
  }

  /**
   * Moves what is marked to the front. Grows by doubling what has really arrived, so that a damaged
   * length does not reserve memory.
   */
  private void makeRoom(int bytes) {
    checksum();
    int kept = limit - mark;
    int size = buffer.length;
    if (size > KEPT_BYTES && kept + (long) bytes < INITIAL_BYTES) {
      size = INITIAL_BYTES;
    } else if (kept > size / 2) {
      size = (int) Math.min(size * 2L, Math.max(INITIAL_BYTES * 2L, maxValueBytes + SLACK_BYTES));
    }
    byte[] into = size == buffer.length ? buffer : new byte[size];
    System.arraycopy(buffer, mark, into, 0, kept);
    buffer = into;
    dropped += mark;
    position -= mark;
    summed -= mark;
    limit = kept;
    mark = 0;
  }
}
