package io.cachesync.agent.rdb;

import io.cachesync.agent.entry.KeyValue;

/**
 * What DUMP returns and RESTORE takes, made from a value of a snapshot.
 *
 * <pre>type byte | body | RDB version, 2 bytes LE | CRC-64 of everything before, 8 bytes LE</pre>
 */
public final class DumpPayload {
  /** Length of version and checksum. */
  public static final int FOOTER_BYTES = 10;

  private static final int VERSION_BYTES = 2;

  private DumpPayload() {}

  /** Length of the whole payload of a value. */
  public static int length(KeyValue value) {
    return 1 + value.bodyLength() + FOOTER_BYTES;
  }

  /**
   * Writes the footer.
   *
   * @param rdbVersion what the target is to read; {@link RdbType#minVersion} of the type suits
   *     every server that knows the type
   * @param into takes {@link #FOOTER_BYTES} bytes from {@code offset} on
   */
  public static void footer(KeyValue value, int rdbVersion, byte[] into, int offset) {
    into[offset] = (byte) value.type();
    long crc = Crc64.update(0, into, offset, 1);
    crc = Crc64.update(crc, value.bodyBuffer(), value.bodyOffset(), value.bodyLength());
    into[offset] = (byte) rdbVersion;
    into[offset + 1] = (byte) (rdbVersion >>> 8);
    crc = Crc64.update(crc, into, offset, VERSION_BYTES);
    for (int i = 0; i < Long.BYTES; i++) {
      into[offset + VERSION_BYTES + i] = (byte) (crc >>> (8 * i));
    }
  }

  /**
   * The libraries of a FUNCTION DUMP with another footer.
   *
   * <pre>(opcode 0xf5 | text)… | RDB version, 2 bytes LE | CRC-64, 8 bytes LE</pre>
   *
   * @param dump with its footer
   */
  public static byte[] functions(byte[] dump, int rdbVersion) {
    byte[] payload = dump.clone();
    int footer = dump.length - FOOTER_BYTES;
    payload[footer] = (byte) rdbVersion;
    payload[footer + 1] = (byte) (rdbVersion >>> 8);
    long crc = Crc64.update(0, payload, 0, footer + VERSION_BYTES);
    for (int i = 0; i < Long.BYTES; i++) {
      payload[footer + VERSION_BYTES + i] = (byte) (crc >>> (8 * i));
    }
    return payload;
  }

  /** The whole payload in an array of its own; not for the hot path. */
  public static byte[] of(KeyValue value, int rdbVersion) {
    byte[] payload = new byte[length(value)];
    payload[0] = (byte) value.type();
    System.arraycopy(value.bodyBuffer(), value.bodyOffset(), payload, 1, value.bodyLength());
    footer(value, rdbVersion, payload, payload.length - FOOTER_BYTES);
    return payload;
  }
}
