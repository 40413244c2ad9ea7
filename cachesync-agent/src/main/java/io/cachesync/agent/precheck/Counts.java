package io.cachesync.agent.precheck;

import java.util.Comparator;
import java.util.Map;
import java.util.stream.Collectors;

/** How often each of several commands was called, as a person reads it. */
final class Counts {
  private static final int NAMED = 10;

  private Counts() {}

  /** As in {@code SET 12, DEL 3}: those called most first, at most ten. */
  static String text(Map<String, Long> calls) {
    String most =
        calls.entrySet().stream()
            .sorted(
                Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(NAMED)
            .map(each -> each.getKey() + ' ' + each.getValue())
            .collect(Collectors.joining(", "));
    return calls.size() > NAMED ? most + ", …" : most;
  }
}
