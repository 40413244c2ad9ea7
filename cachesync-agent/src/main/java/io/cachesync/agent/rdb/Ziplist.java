package io.cachesync.agent.rdb;

/**
 * The packed list of servers before 7.0 (ziplist.c).
 *
 * <pre>
 * 4 bytes LE all bytes | 4 bytes LE last element | 2 bytes LE elements, or 65535 | elements… | ff
 * element: length of the one before, 1 byte or fe + 4 bytes | encoding and data
 * 00xxxxxx                  text, 6-bit length
 * 01xxxxxx + 1              text, 14-bit length, high first
 * 80 + 4                    text, 32-bit length, high first
 * c0, d0, e0, f0, fe        integer of 16, 32, 64, 24, 8 bits, low first
 * f1 to fd                  0 to 12
 * </pre>
 */
final class Ziplist extends PackedList {
  private static final int HEADER_BYTES = 10;
  private static final int LONG_BEFORE = 0xfe;

  @Override
  int headerBytes() {
    return HEADER_BYTES;
  }

  @Override
  int read(byte[] bytes, int from) throws RdbFormatException {
    int at = from + ((bytes[from] & 0xff) == LONG_BEFORE ? 5 : 1);
    int encoding = unsigned(at);
    return switch (encoding >>> 6) {
      case 0 -> text(at + 1, encoding & 0x3f);
      case 1 -> text(at + 2, (encoding & 0x3f) << 8 | unsigned(at + 1));
      case 2 -> text(at + 5, bigEndian(at + 1));
      default -> integerAt(at, encoding);
    };
  }

  private int integerAt(int at, int encoding) throws RdbFormatException {
    int width =
        switch (encoding) {
          case 0xc0 -> 2;
          case 0xd0 -> 4;
          case 0xe0 -> 8;
          case 0xf0 -> 3;
          case 0xfe -> 1;
          default -> 0;
        };
    if (width > 0) {
      integer(little(at + 1, width));
    } else if (encoding >= 0xf1 && encoding <= 0xfd) {
      integer((encoding & 0x0f) - 1);
    } else {
      throw damaged();
    }
    return at + 1 + width;
  }

  private long bigEndian(int at) throws RdbFormatException {
    long value = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      value = value << 8 | unsigned(at + i);
    }
    return value;
  }
}
