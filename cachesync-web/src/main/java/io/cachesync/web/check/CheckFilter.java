package io.cachesync.web.check;

import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.TaskFilter;
import java.util.List;

/**
 * Which checks a list shows; what is null or empty does not narrow it.
 *
 * @param text part of an end's, the task's or the machine's name
 * @param outcome one of {@link #OUTCOMES}
 */
record CheckFilter(String text, String outcome, Long task, Long endpoint) {
  static final List<String> OUTCOMES =
      List.of("running", "equal", "repaired", "different", "stopped", "failed");

  /** Whether anything narrows the list. */
  public boolean narrows() {
    return !isBlank(text) || !isBlank(outcome) || task != null || endpoint != null;
  }

  /**
   * This filter, or a refusal where its outcome is none: an empty list would look like an answer.
   */
  CheckFilter checked() {
    if (!isBlank(outcome) && !OUTCOMES.contains(outcome)) {
      throw Refusal.malformed(
          "outcome", "check.filter.outcome.unknown", outcome, String.join(", ", OUTCOMES));
    }
    return this;
  }

  CheckMapper.Where where() {
    String wanted = isBlank(outcome) ? "" : outcome;
    List<CheckState> states =
        switch (wanted) {
          case "running" -> List.copyOf(CheckState.OPEN);
          case "equal", "repaired", "different" -> List.of(CheckState.DONE);
          case "stopped" -> List.of(CheckState.STOPPED);
          case "failed" -> List.of(CheckState.FAILED);
          default -> null;
        };
    Boolean differs =
        switch (wanted) {
          case "equal", "repaired" -> Boolean.FALSE;
          case "different" -> Boolean.TRUE;
          default -> null;
        };
    boolean repaired = wanted.equals("repaired");
    return new CheckMapper.Where(TaskFilter.like(text), task, endpoint, states, differs, repaired);
  }

  private static boolean isBlank(String value) {
    return value == null || value.isBlank();
  }
}
