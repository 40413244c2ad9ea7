package io.cachesync.agent.rdb;

/**
 * CRC-64 "Jones" as in Redis's crc64.c: polynomial ad93d23594c935a9, reflected both ways, initial
 * value 0, no final xor. Slicing by 16; the state is the checksum so far.
 */
public final class Crc64 {
  private static final long REFLECTED_POLYNOMIAL = 0x95ac9329ac4bc9b5L;
  private static final int SLICES = 16;
  private static final long[][] TABLES = tables();

  private Crc64() {}

  /**
   * The checksum of what {@code crc} is the checksum of (0 for nothing), followed by these bytes.
   */
  public static long update(long crc, byte[] bytes, int offset, int length) {
    long[] t0 = TABLES[0];
    int at = offset;
    int end = offset + length;
    while (end - at >= SLICES) {
      crc = sixteen(crc, bytes, at);
      at += SLICES;
    }
    while (at < end) {
      crc = t0[(int) (crc ^ bytes[at++]) & 0xff] ^ (crc >>> 8);
    }
    return crc;
  }

  private static long sixteen(long crc, byte[] b, int at) {
    long[][] t = TABLES;
    return t[15][(int) (crc ^ b[at]) & 0xff]
        ^ t[14][(int) ((crc >>> 8) ^ b[at + 1]) & 0xff]
        ^ t[13][(int) ((crc >>> 16) ^ b[at + 2]) & 0xff]
        ^ t[12][(int) ((crc >>> 24) ^ b[at + 3]) & 0xff]
        ^ t[11][(int) ((crc >>> 32) ^ b[at + 4]) & 0xff]
        ^ t[10][(int) ((crc >>> 40) ^ b[at + 5]) & 0xff]
        ^ t[9][(int) ((crc >>> 48) ^ b[at + 6]) & 0xff]
        ^ t[8][(int) ((crc >>> 56) ^ b[at + 7]) & 0xff]
        ^ t[7][b[at + 8] & 0xff]
        ^ t[6][b[at + 9] & 0xff]
        ^ t[5][b[at + 10] & 0xff]
        ^ t[4][b[at + 11] & 0xff]
        ^ t[3][b[at + 12] & 0xff]
        ^ t[2][b[at + 13] & 0xff]
        ^ t[1][b[at + 14] & 0xff]
        ^ t[0][b[at + 15] & 0xff];
  }

  private static long[][] tables() {
    long[][] tables = new long[SLICES][256];
    for (int n = 0; n < 256; n++) {
      long crc = n;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ REFLECTED_POLYNOMIAL;
      }
      tables[0][n] = crc;
    }
    for (int slice = 1; slice < SLICES; slice++) {
      for (int n = 0; n < 256; n++) {
        long before = tables[slice - 1][n];
        tables[slice][n] = (before >>> 8) ^ tables[0][(int) before & 0xff];
      }
    }
    return tables;
  }
}
