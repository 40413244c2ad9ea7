package io.cachesync.agent.rdb;

import java.io.IOException;

/** One string of a snapshot, decoded where it has to be. Reused. */
final class RdbString {
  /** Three bytes of LZF make at most 264; more is damage, or made to fill the memory. */
  private static final int MAX_LZF_RATIO = 88;

  private final long mostBytes;
  private byte[] scratch = new byte[64];
  private int length;
  private long rest;

  /** Where a plain string begins, counted from the input's mark; negative when in scratch. */
  private int sinceMark;

  RdbString() {
    this(Long.MAX_VALUE);
  }

  /**
   * @param mostBytes of a plain string no more is read, the rest is left in the input
   */
  RdbString(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Reads a string and decodes it, unless it is compressed and {@code decompress} is false. */
  boolean read(RdbInput in, boolean decompress) throws IOException {
    long plain = in.readLengthOrEncoding();
    rest = 0;
    switch (in.encoding()) {
      case RdbInput.INT8 -> digits((byte) in.readLittleEndian(1));
      case RdbInput.INT16 -> digits((short) in.readLittleEndian(2));
      case RdbInput.INT32 -> digits((int) in.readLittleEndian(4));
      case RdbInput.LZF -> {
        return readCompressed(in, decompress);
      }
      default -> {
        if (in.encoding() >= 0) {
          throw in.corrupt("unknown string encoding " + in.encoding());
        }
        rest = plain;
        readRest(in);
      }
    }
    return true;
  }

  /** Bytes of the string that are still in the input. */
  long rest() {
    return rest;
  }

  /** Goes on with a string of which a part was read. */
  void readRest(RdbInput in) throws IOException {
    long now = rest < 0 ? rest : Math.min(rest, mostBytes);
    sinceMark = in.sinceMark();
    in.skip(now);
    length = (int) now;
    rest -= now;
  }

  byte[] buffer(RdbInput in) {
    return sinceMark < 0 ? scratch : in.buffer();
  }

  int offset(RdbInput in) {
    return sinceMark < 0 ? 0 : in.markPosition() + sinceMark;
  }

  int length() {
    return length;
  }

  private boolean readCompressed(RdbInput in, boolean decompress) throws IOException {
    long compressed = in.readCount();
    long plain = in.readCount();
    int start = in.sinceMark();
    in.skip(compressed);
    if (plain > compressed * MAX_LZF_RATIO) {
      throw in.corrupt("a compressed string of impossible length " + plain);
    }
    if (!decompress) {
      return false;
    }
    if (plain > Integer.MAX_VALUE - 8) {
      throw RdbFormatException.tooLarge(in.bytesRead(), "a text of " + plain + " bytes");
    }
    reserve((int) plain);
    length = (int) plain;
    sinceMark = -1;
    if (!Lzf.decompress(
        in.buffer(), in.markPosition() + start, (int) compressed, scratch, length)) {
      throw in.corrupt("a compressed string does not unpack");
    }
    return true;
  }

  private void digits(int value) {
    // Counting on the negative side: it alone holds Integer.MIN_VALUE.
    int rest = value < 0 ? value : -value;
    int at = 11;
    do {
      scratch[--at] = (byte) ('0' - rest % 10);
      rest /= 10;
    } while (rest != 0);
    if (value < 0) {
      scratch[--at] = '-';
    }
    length = 11 - at;
    System.arraycopy(scratch, at, scratch, 0, length);
    sinceMark = -1;
  }

  private void reserve(int bytes) {
    if (scratch.length < bytes) {
      scratch = new byte[bytes];
    }
  }
}
