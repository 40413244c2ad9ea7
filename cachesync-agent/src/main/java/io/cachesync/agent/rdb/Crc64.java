package io.cachesync.agent.rdb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * CRC-64 "Jones" as in Redis's crc64.c: polynomial ad93d23594c935a9, reflected both ways, initial
 * value 0, no final xor. Slicing by 16; the state is the checksum so far.
 *
 * <p>One flat table and reads of eight bytes: what the first compiler of the JVM makes of that is
 * as fast as the second one's, and agents run with the first (docs/performance.md).
 */
public final class Crc64 {
  private static final long REFLECTED_POLYNOMIAL = 0x95ac9329ac4bc9b5L;
  private static final int SLICES = 16;
  private static final long[] TABLES = tables();
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Crc64() {}

  /**
   * The checksum of what {@code crc} is the checksum of (0 for nothing), followed by these bytes.
   */
  public static long update(long crc, byte[] bytes, int offset, int length) {
    long[] t = TABLES;
    int at = offset;
    int end = offset + length;
    while (end - at >= SLICES) {
      long first = crc ^ (long) EIGHT.get(bytes, at);
      long second = (long) EIGHT.get(bytes, at + 8);
      crc = eight(t, first, 8 * 256) ^ eight(t, second, 0);
      at += SLICES;
    }
    if (end - at >= Long.BYTES) {
      crc = eight(t, crc ^ (long) EIGHT.get(bytes, at), 0);
      at += Long.BYTES;
    }
    while (at < end) {
      crc = t[(int) (crc ^ bytes[at++]) & 0xff] ^ (crc >>> 8);
    }
    return crc;
  }

  /**
   * Eight bytes at once.
   *
   * @param t the tables, one behind the other
   * @param from where in it the table of the last of the bytes begins
   */
  private static long eight(long[] t, long bytes, int from) {
    int low = (int) bytes;
    int high = (int) (bytes >>> 32);
    return t[from + 0x700 + (low & 0xff)]
        ^ t[from + 0x600 + (low >>> 8 & 0xff)]
        ^ t[from + 0x500 + (low >>> 16 & 0xff)]
        ^ t[from + 0x400 + (low >>> 24)]
        ^ t[from + 0x300 + (high & 0xff)]
        ^ t[from + 0x200 + (high >>> 8 & 0xff)]
        ^ t[from + 0x100 + (high >>> 16 & 0xff)]
        ^ t[from + (high >>> 24)];
  }

  private static long[] tables() {
    long[] tables = new long[SLICES * 256];
    for (int n = 0; n < 256; n++) {
      long crc = n;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ REFLECTED_POLYNOMIAL;
      }
      tables[n] = crc;
    }
    for (int at = 256; at < tables.length; at++) {
      long before = tables[at - 256];
      tables[at] = (before >>> 8) ^ tables[(int) before & 0xff];
    }
    return tables;
  }
}
