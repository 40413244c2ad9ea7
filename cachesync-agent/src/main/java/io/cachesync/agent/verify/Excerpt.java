package io.cachesync.agent.verify;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Bytes as a person can read them. */
final class Excerpt {
  /** Bytes of a value that are shown. */
  static final int MOST = 120;

  private static final int LONGEST_CHARACTER = 4;

  private Excerpt() {}

  /** As they are where they are text that can be printed, else with <code>\xNN</code>. */
  static String text(byte[] bytes) {
    String text = printable(bytes);
    return text != null ? text : escaped(bytes);
  }

  /** The bytes themselves, where {@link #text} does not say them. */
  static String base64(byte[] bytes) {
    return printable(bytes) != null ? "" : Base64.getEncoder().encodeToString(bytes);
  }

  /** What is kept of a value; of a text no half character. */
  static byte[] cut(byte[] bytes) {
    return bytes == null || bytes.length <= MOST
        ? bytes
        : Arrays.copyOf(bytes, border(bytes, MOST));
  }

  /** What is kept of a value from a place on, or from where the character there begins. */
  static byte[] from(byte[] bytes, int place) {
    int start = border(bytes, Math.min(bytes.length, place));
    return cut(Arrays.copyOfRange(bytes, start, Math.min(bytes.length, start + MOST + 1)));
  }

  /** Where the UTF-8 character begins that a place is in; the place itself where it is in none. */
  private static int border(byte[] bytes, int place) {
    if (place == bytes.length) {
      return place;
    }
    int start = place;
    while (start > 0 && start > place - LONGEST_CHARACTER + 1 && (bytes[start] & 0xc0) == 0x80) {
      start--;
    }
    return (bytes[start] & 0xc0) == 0xc0 ? start : place;
  }

  /** Of a text of our own; null of null. */
  static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static String printable(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.codePoints().allMatch(Excerpt::isPrintable) ? text : null;
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static boolean isPrintable(int point) {
    return !Character.isISOControl(point)
        && switch (Character.getType(point)) {
          case Character.FORMAT,
              Character.PRIVATE_USE,
              Character.SURROGATE,
              Character.UNASSIGNED,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR ->
              false;
          default -> true;
        };
  }

  private static String escaped(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length + 16);
    for (byte b : bytes) {
      if (b == '\\') {
        text.append("\\\\");
      } else if (b >= ' ' && b < 0x7f) {
        text.append((char) b);
      } else {
        text.append("\\x").append(Character.forDigit((b >> 4) & 15, 16));
        text.append(Character.forDigit(b & 15, 16));
      }
    }
    return text.toString();
  }
}
