package io.cachesync.web.system;

import java.util.List;
import java.util.stream.Collectors;

/** Rows for spreadsheets. */
public final class Csv {
  private Csv() {}

  /**
   * One row, with its end of line. A text that a spreadsheet would take for a formula is given an
   * apostrophe: names come from people.
   */
  public static String row(List<String> values) {
    return values.stream().map(Csv::value).collect(Collectors.joining(",", "", "\r\n"));
  }

  /** Whether a text is given that apostrophe. */
  public static boolean isGuarded(String text) {
    return !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
  }

  private static String value(String text) {
    String safe = isGuarded(text) ? "'" + text : text;
    boolean quoted = safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
