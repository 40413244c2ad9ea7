package io.cachesync.agent.relay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * What stands before each record, big endian:
 *
 * <pre>
 * 0  magic "CSR2"     4 CRC-32C of all that follows, the bytes included
 * 8  length          12 database
 * 16 start offset    24 time received, ms
 * 32 replication id, 40 bytes, zeros behind a shorter one
 * 72 version of Redis whose commands they are, major * 100 + minor; 0 where not known
 * </pre>
 *
 * <p>Records of "CSR1", as earlier agents have left them, end before the version.
 */
final class RecordHeader {
  static final int BYTES = 76;

  /** Of the shortest. */
  static final int LEAST_BYTES = 72;

  private static final int MAGIC = 0x43535232;
  private static final int FORMER_MAGIC = 0x43535231;
  private static final int REPL_ID_AT = 32;
  private static final int REPL_ID_BYTES = 40;
  private static final int LEVEL_AT = 72;
  private static final int SUMMED_FROM = 8;

  private RecordHeader() {}

  static byte[] replIdBytes(String replId) {
    byte[] text = replId.getBytes(StandardCharsets.US_ASCII);
    if (text.length > REPL_ID_BYTES) {
      throw new IllegalArgumentException("a replication id of " + text.length + " bytes");
    }
    byte[] padded = new byte[REPL_ID_BYTES];
    System.arraycopy(text, 0, padded, 0, text.length);
    return padded;
  }

  static void write(
      ByteBuffer header,
      CRC32C crc,
      byte[] replId,
      byte[] bytes,
      int offset,
      int length,
      long startOffset,
      int database,
      long receivedMillis,
      int level) {
    header.clear();
    header.putInt(MAGIC).putInt(0).putInt(length).putInt(database);
    header.putLong(startOffset).putLong(receivedMillis).put(replId).putInt(level);
    crc.reset();
    crc.update(header.array(), SUMMED_FROM, BYTES - SUMMED_FROM);
    crc.update(bytes, offset, length);
    header.putInt(4, (int) crc.getValue());
  }

  /** Gives a record that stands here another id, and of its bytes so many. */
  static void change(ByteBuffer record, CRC32C crc, byte[] replId, int length) {
    record.putInt(8, length).put(REPL_ID_AT, replId);
    record.putInt(4, sum(record, 0, length, crc));
  }

  /** Length of the record's bytes, or -1 where no header stands. */
  static int length(ByteBuffer in, int at) {
    int length = in.getInt(at + 8);
    int magic = in.getInt(at);
    return (magic == MAGIC || magic == FORMER_MAGIC) && length > 0 ? length : -1;
  }

  /** Length of the header that stands here. */
  static int bytes(ByteBuffer in, int at) {
    return in.getInt(at) == MAGIC ? BYTES : LEAST_BYTES;
  }

  /** Not of a header alone: it may be longer than {@link #LEAST_BYTES}. */
  static int level(ByteBuffer in, int at) {
    return in.getInt(at) == MAGIC ? in.getInt(at + LEVEL_AT) : 0;
  }

  static int database(ByteBuffer in, int at) {
    return in.getInt(at + 12);
  }

  static long startOffset(ByteBuffer in, int at) {
    return in.getLong(at + 16);
  }

  static long receivedMillis(ByteBuffer in, int at) {
    return in.getLong(at + 24);
  }

  static boolean hasReplId(ByteBuffer in, int at, byte[] replId) {
    for (int i = 0; i < REPL_ID_BYTES; i++) {
      if (in.get(at + REPL_ID_AT + i) != replId[i]) {
        return false;
      }
    }
    return true;
  }

  static String replId(ByteBuffer in, int at) {
    int length = 0;
    while (length < REPL_ID_BYTES && in.get(at + REPL_ID_AT + length) != 0) {
      length++;
    }
    return new String(in.array(), at + REPL_ID_AT, length, StandardCharsets.US_ASCII);
  }

  static boolean isIntact(ByteBuffer in, int at, int length, CRC32C crc) {
    return in.getInt(at + 4) == sum(in, at, length, crc);
  }

  private static int sum(ByteBuffer in, int at, int length, CRC32C crc) {
    crc.reset();
    crc.update(in.array(), at + SUMMED_FROM, bytes(in, at) - SUMMED_FROM + length);
    return (int) crc.getValue();
  }
}
