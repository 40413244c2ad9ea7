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
   * apostrophe: names come from people. What is {@link Exact} is not: programs read it.
   *
   * @param values each a text or an {@link Exact}
   */
  public static String row(List<?> values) {
    return values.stream().map(Csv::value).collect(Collectors.joining(",", "", "\r\n"));
  }

  /**
   * What stands beside a name: its bytes in base64, which it has where it is no text, and where it
   * is given that apostrophe and could not be told from one that begins so.
   */
  public static Exact exact(String name, String base64) {
    return new Exact(
        base64.isEmpty() && isGuarded(name)
            ? Base64.getEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8))
            : base64);
  }

  /** Base64: may begin with {@code +}, but has no sign that would let a formula do anything. */
  public record Exact(String base64) {}

  /** Whether a text is given that apostrophe. */
  private static boolean isGuarded(String text) {
    return !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
  }

  private static String value(Object value) {
    if (value instanceof Exact exact) {
      return exact.base64();
    }
    String text = (String) value;
    String safe = isGuarded(text) ? "'" + text : text;
    boolean quoted = safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
