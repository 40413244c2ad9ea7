package io.cachesync.agent.rdb;

/**
 * The packed list of 5.0 and later (listpack.c).
 *
 * <pre>
 * 4 bytes LE all bytes | 2 bytes LE elements, or 65535 | (encoding and data, their length)… | ff
 * 0xxxxxxx                  7-bit unsigned integer
 * 10xxxxxx                  text, 6-bit length
 * 110xxxxx + 1              13-bit signed integer, high first
 * 1110xxxx + 1              text, 12-bit length, high first
 * f0 + 4                    text, 32-bit length, low first
 * f1, f2, f3, f4            integer of 16, 24, 32, 64 bits, low first
 * </pre>
 */
final class Listpack extends PackedList {
  static final int HEADER_BYTES = 6;
  static final int END = 0xff;

  @Override
  int headerBytes() {
    return HEADER_BYTES;
  }

  @Override
  int read(byte[] bytes, int from) throws RdbFormatException {
    int first = bytes[from] & 0xff;
    int end;
    if (first < 0x80) {
      integer(first);
      end = from + 1;
    } else if (first < 0xc0) {
      end = text(from + 1, first & 0x3f);
    } else if (first < 0xe0) {
      int value = (first & 0x1f) << 8 | unsigned(from + 1);
      integer(value >= 1 << 12 ? value - (1 << 13) : value);
      end = from + 2;
    } else if (first < 0xf0) {
      end = text(from + 2, (first & 0x0f) << 8 | unsigned(from + 1));
    } else if (first == 0xf0) {
      end = text(from + 5, little(from + 1, Integer.BYTES) & 0xffffffffL);
    } else if (first <= 0xf4) {
      int width = first == 0xf4 ? Long.BYTES : first - 0xf1 + Short.BYTES;
      integer(little(from + 1, width));
      end = from + 1 + width;
    } else {
      throw damaged();
    }
    return end + backLength(end - from);
  }

  /** Where the element behind the one that begins here begins; of a list that is not damaged. */
  static int next(byte[] buffer, int at) {
    int length = elementLength(buffer, at);
    return at + length + backLength(length);
  }

  /** Bytes of an element without its length at the end. */
  private static int elementLength(byte[] buffer, int at) {
    int first = buffer[at] & 0xff;
    if (first < 0x80) {
      return 1;
    }
    if (first < 0xc0) {
      return 1 + (first & 0x3f);
    }
    if (first < 0xe0) {
      return 2;
    }
    if (first < 0xf0) {
      return 2 + ((first & 0x0f) << 8 | buffer[at + 1] & 0xff);
    }
    return switch (first) {
      case 0xf0 ->
          5
              + (buffer[at + 1] & 0xff
                  | (buffer[at + 2] & 0xff) << 8
                  | (buffer[at + 3] & 0xff) << 16
                  | (buffer[at + 4] & 0xff) << 24);
      case 0xf1 -> 3;
      case 0xf2 -> 4;
      case 0xf3 -> 5;
      default -> 9;
    };
  }

  private static int backLength(int length) {
    if (length < 1 << 7) {
      return 1;
    }
    if (length < (1 << 14) - 1) {
      return 2;
    }
    return length < (1 << 21) - 1 ? 3 : length < (1 << 28) - 1 ? 4 : 5;
  }
}
