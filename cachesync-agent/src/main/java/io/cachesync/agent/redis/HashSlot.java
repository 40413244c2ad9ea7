package io.cachesync.agent.redis;

/**
 * The hash slot of a key: CRC-16/XMODEM of the key, or of what stands between its first <code>{
 * </code> and the next <code>}</code> where that is not empty, modulo {@link #COUNT} (keyHashSlot
 * in cluster.c).
 */
public final class HashSlot {
  public static final int COUNT = 16_384;

  private static final int POLYNOMIAL = 0x1021;
  private static final int[] TABLE = table();

  private HashSlot() {}

  public static int of(byte[] key) {
    return of(key, 0, key.length);
  }

  /** Does not allocate. */
  public static int of(byte[] buffer, int offset, int length) {
    int end = offset + length;
    int open = indexOf(buffer, offset, end, '{');
    if (open >= 0) {
      int close = indexOf(buffer, open + 1, end, '}');
      if (close > open + 1) {
        return crc16(buffer, open + 1, close) & (COUNT - 1);
      }
    }
    return crc16(buffer, offset, end) & (COUNT - 1);
  }

  private static int indexOf(byte[] buffer, int from, int end, char wanted) {
    for (int i = from; i < end; i++) {
      if (buffer[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static int crc16(byte[] buffer, int from, int end) {
    int crc = 0;
    for (int i = from; i < end; i++) {
      crc = ((crc << 8) & 0xffff) ^ TABLE[((crc >>> 8) ^ buffer[i]) & 0xff];
    }
    return crc;
  }

  private static int[] table() {
    int[] table = new int[256];
    for (int i = 0; i < table.length; i++) {
      int crc = i << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc << 1) ^ ((crc & 0x8000) == 0 ? 0 : POLYNOMIAL);
      }
      table[i] = crc & 0xffff;
    }
    return table;
  }
}
