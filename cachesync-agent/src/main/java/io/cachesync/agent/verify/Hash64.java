package io.cachesync.agent.verify;

/** A hash of bytes for choosing and for recognising; not against somebody who means harm. */
final class Hash64 {
  private static final long SEED = 0x9E3779B97F4A7C15L;
  private static final long PRIME = 0x100000001B3L;

  private Hash64() {}

  static long of(byte[] bytes) {
    return bytes == null ? 0 : of(bytes, 0, bytes.length);
  }

  static long of(byte[] bytes, int offset, int length) {
    long hash = SEED ^ length;
    for (int i = offset; i < offset + length; i++) {
      hash = (hash ^ (bytes[i] & 0xff)) * PRIME;
    }
    return mix(hash);
  }

  static long mix(long first, long second) {
    return mix(first * SEED + second);
  }

  /** The end of MurmurHash3's 64 bits, as published: each bit hangs on every other. */
  private static long mix(long value) {
    long hash = value;
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}
