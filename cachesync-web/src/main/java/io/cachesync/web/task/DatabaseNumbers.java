package io.cachesync.web.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Database numbers as people type them: numbers and ranges separated by commas. */
public final class DatabaseNumbers {
  private static final int MOST = 10_000;
  private static final int TYPED_MAX = 500;

  private DatabaseNumbers() {}

  /** Whether it is such, and no range ends before it begins. */
  public static boolean areWellFormed(String text) {
    return hasForm(text)
        && parts(text)
            .map(part -> part.split("-"))
            .noneMatch(
                ends -> ends.length > 1 && Integer.parseInt(ends[0]) > Integer.parseInt(ends[1]));
  }

  private static Stream<String> parts(String text) {
    return Arrays.stream(text.replaceAll("\\s*-\\s*", "-").split("[,，\\s]+"))
        .filter(part -> !part.isEmpty());
  }

  private static boolean hasForm(String text) {
    return text.length() <= TYPED_MAX
        && text.matches(
            "|[0-9]{1,4}(\\s*-\\s*[0-9]{1,4})?(\\s*[,，\\s]\\s*[0-9]{1,4}(\\s*-\\s*[0-9]{1,4})?)*");
  }

  /** The numbers, ascending, of a text that is well formed. */
  public static List<Integer> read(String text) {
    List<Integer> numbers = new ArrayList<>();
    for (String part : parts(text).toList()) {
      String[] ends = part.split("-");
      int first = Integer.parseInt(ends[0]);
      int last = ends.length > 1 ? Integer.parseInt(ends[1]) : first;
      for (int number = first; number <= last && numbers.size() < MOST; number++) {
        numbers.add(number);
      }
    }
    return numbers.stream().distinct().sorted().toList();
  }
}
