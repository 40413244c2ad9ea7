package io.cachesync.agent.filter;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes that a pattern or a beginning of keys was written as: {@code \xHH} is one byte that is
 * meant as such, everything else UTF-8.
 *
 * @param bytes as many as are valid
 * @param taken which of them were written as {@code \xHH}
 */
record PatternBytes(byte[] bytes, boolean[] taken) {

  static PatternBytes of(String text) {
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    byte[] out = new byte[in.length];
    boolean[] taken = new boolean[in.length];
    int size = 0;
    for (int i = 0; i < in.length; i++) {
      if (isByte(in, i)) {
        taken[size] = true;
        out[size++] = (byte) (hex(in[i + 2]) << 4 | hex(in[i + 3]));
        i += 3;
      } else if (in[i] == '\\' && i + 1 < in.length) {
        // Both, so that what stands behind it is not read as the beginning of another.
        out[size++] = in[i++];
        out[size++] = in[i];
      } else {
        out[size++] = in[i];
      }
    }
    return new PatternBytes(Arrays.copyOf(out, size), Arrays.copyOf(taken, size));
  }

  /** A beginning of keys: a backslash before a character means that character. */
  static byte[] literal(String text) {
    PatternBytes pattern = of(text);
    byte[] out = new byte[pattern.bytes.length];
    int size = 0;
    for (int i = 0; i < pattern.bytes.length; i++) {
      if (pattern.isSpecial(i, '\\') && i + 1 < pattern.bytes.length) {
        i++;
      }
      out[size++] = pattern.bytes[i];
    }
    return Arrays.copyOf(out, size);
  }

  int length() {
    return bytes.length;
  }

  /** Whether this byte is a character of the pattern's language. */
  boolean isSpecial(int at, char character) {
    return at < bytes.length && !taken[at] && bytes[at] == character;
  }

  private static boolean isByte(byte[] in, int at) {
    return in[at] == '\\'
        && at + 3 < in.length
        && in[at + 1] == 'x'
        && hex(in[at + 2]) >= 0
        && hex(in[at + 3]) >= 0;
  }

  private static int hex(byte digit) {
    return Character.digit(digit, 16);
  }
}
