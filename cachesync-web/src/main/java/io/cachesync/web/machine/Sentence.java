package io.cachesync.web.machine;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A sentence that is stored and said in the reader's language.
 *
 * @param key message key
 * @param arguments one a line
 */
public record Sentence(String key, String arguments) {
  private static final int MAX_ARGUMENT = 400;

  public static Sentence of(String key, Object... arguments) {
    return new Sentence(key, lines(Arrays.asList(arguments)));
  }

  static String lines(List<?> arguments) {
    return arguments.stream()
        .map(argument -> String.valueOf(argument).replaceAll("\\R", " "))
        .map(text -> text.length() > MAX_ARGUMENT ? text.substring(0, MAX_ARGUMENT) + "…" : text)
        .collect(Collectors.joining("\n"));
  }

  /** For the template and the REST API. */
  public Object[] values() {
    return values(arguments);
  }

  static Object[] values(String lines) {
    return lines == null || lines.isEmpty() ? new Object[0] : lines.split("\n", -1);
  }
}
