package io.cachesync.agent.cli;

import java.util.Locale;

/** Text of others, such as names of keys, as a terminal may have it. */
final class Shown {
  /** A line of 80 columns has room for it and for what is said of it. */
  private static final int MOST = 60;

  private static final int LONGEST_LINE = 2000;

  private Shown() {}

  /** A name or a value: in one piece where it is short, otherwise its beginning and its length. */
  static String name(String text) {
    return cut(text, MOST);
  }

  /** A part of a value, which was cut before: how long the value is is not known any more. */
  static String excerpt(String text) {
    return text.length() <= MOST ? harmless(text) : harmless(beginning(text, MOST)) + "…";
  }

  /** A sentence that may quote some. */
  static String line(String text) {
    return cut(text, LONGEST_LINE);
  }

  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return harmless(text);
    }
    String length = String.format(Locale.ROOT, "… (%,d characters)", text.length());
    return harmless(beginning(text, most)) + length;
  }

  /** Not to the middle of a character of two halves. */
  private static String beginning(String text, int most) {
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end);
  }

  /** Without what a terminal would obey, or what reads backwards. */
  private static String harmless(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints().forEach(point -> append(shown, point));
    return shown.toString();
  }

  private static void append(StringBuilder shown, int point) {
    switch (Character.getType(point)) {
      case Character.CONTROL -> shown.append(String.format(Locale.ROOT, "\\x%02x", point));
      case Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          shown.append(String.format(Locale.ROOT, "\\u%04x", point));
      default -> shown.appendCodePoint(point);
    }
  }
}
