package io.cachesync.web.task;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reasons of events that are stored as a message key and its arguments, one a line, and said in the
 * reader's language.
 */
public final class TaskWhy {
  static final String PREFIX = "task.why.";
  static final String SEPARATOR = "\n";

  private TaskWhy() {}

  /** Keys that may differ at the target, or nothing where there are none. */
  public static String deadLetters(long keys) {
    return keys == 0 ? "" : of("deadLetters", keys);
  }

  public static String placed(String machine) {
    return of("placed", machine);
  }

  public static String noAgent() {
    return of("noAgent");
  }

  public static String overdue() {
    return of("overdue");
  }

  public static String blocks(long findings) {
    return findings == 0 ? "" : of("blocks", findings);
  }

  public static String warnings(long findings) {
    return findings == 0 ? "" : of("warnings", findings);
  }

  public static String notAsked() {
    return of("notAsked");
  }

  private static String of(String key, Object... arguments) {
    return Stream.concat(
            Stream.of(PREFIX + key),
            Arrays.stream(arguments).map(each -> String.valueOf(each).replaceAll("\\R", " ")))
        .collect(Collectors.joining(SEPARATOR));
  }
}
