package io.cachesync.agent.verify;

import java.util.Arrays;

/**
 * What DUMP gives. Equal bytes mean equal values: a type byte means the same in every version.
 * Unequal bytes mean nothing: a value has many encodings.
 *
 * <pre>
 * type · value · RDB version (2) · CRC64 (8)
 * </pre>
 */
final class Payload {
  private static final int TRAILER = 10;

  /** Type bytes of hashes whose fields have no times to live. */
  private static final byte HASH = 4;

  private static final byte ZIPMAP = 9;
  private static final byte ZIPLIST = 13;
  private static final byte LISTPACK = 16;

  private Payload() {}

  static boolean sameValue(
      byte[] one, int oneOffset, int oneLength, byte[] other, int otherOffset, int otherLength) {
    return oneLength == otherLength
        && oneLength > TRAILER
        && Arrays.equals(
            one,
            oneOffset,
            oneOffset + oneLength - TRAILER,
            other,
            otherOffset,
            otherOffset + otherLength - TRAILER);
  }

  /** Whether a hash's type byte says that none of its fields has a time to live. */
  static boolean isPlainHash(byte type) {
    return switch (type) {
      case HASH, ZIPMAP, ZIPLIST, LISTPACK -> true;
      default -> false;
    };
  }
}
