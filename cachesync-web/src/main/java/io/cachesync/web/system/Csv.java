package io.cachesync.web.system;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
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

  /**
   * What stands beside a name: its bytes in base64, which it has where it is no text, and where it
   * is given that apostrophe and could not be told from one that begins so.
   */
  public static String exact(String name, String base64) {
    return base64.isEmpty() && isGuarded(name)
        ? Base64.getEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8))
        : base64;
  }

  /** Whether a text is given that apostrophe. */
  private static boolean isGuarded(String text) {
    return !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
  }

  private static String value(String text) {
    String safe = isGuarded(text) ? "'" + text : text;
    boolean quoted = safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
