package io.cachesync.web.task;

import io.cachesync.web.system.Refusal;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which tasks a list shows; what is null or empty does not narrow it.
 *
 * @param state name of a state, or {@code running} or {@code ended} for a group of them
 * @param source part of the source's name or address
 * @param target part of the target's name or address
 * @param from created on this day or later (UTC)
 * @param to created on this day or earlier (UTC)
 * @param text part of name, notes, source or target
 */
public record TaskFilter(
    String state,
    String source,
    String target,
    String machine,
    String owner,
    String tag,
    LocalDate from,
    LocalDate to,
    String text) {
  /** Characters that mean something in a regular expression of H2 and of any MySQL. */
  private static final Pattern SPECIAL = Pattern.compile("[\\\\.\\[\\]{}()*+?^$|]");

  private static final List<String> GROUPS = List.of("running", "ended");

  public static TaskFilter everything() {
    return new TaskFilter(null, null, null, null, null, null, null, null, null);
  }

  /** Whether anything narrows the list. */
  public boolean narrows() {
    return !equals(everything())
        && !(blank(state)
            && blank(source)
            && blank(target)
            && blank(machine)
            && blank(owner)
            && blank(tag)
            && from == null
            && to == null
            && blank(text));
  }

  /** This filter, or a refusal where its state is none: an empty list would look like an answer. */
  TaskFilter checked() {
    if (!blank(state)
        && !GROUPS.contains(state)
        && Arrays.stream(TaskState.values()).noneMatch(each -> each.name().equals(state))) {
      throw Refusal.malformed(
          "state",
          "task.filter.state.unknown",
          state,
          String.join(", ", GROUPS)
              + ", "
              + Arrays.stream(TaskState.values())
                  .map(TaskState::name)
                  .collect(Collectors.joining(", ")));
    }
    return this;
  }

  /** The names of the states that are asked for, separated by commas, or null for all. */
  String states() {
    if (blank(state)) {
      return null;
    }
    StringBuilder names = new StringBuilder(",");
    for (TaskState each : TaskState.values()) {
      boolean wanted =
          switch (state) {
            case "running" -> each.active() || each == TaskState.QUEUED;
            case "ended" -> each.ended();
            default -> each.name().equals(state);
          };
      if (wanted) {
        names.append(each).append(',');
      }
    }
    return names.toString();
  }

  /** A pattern for {@code like … escape '!'}, or null. */
  public static String like(String part) {
    return blank(part)
        ? null
        : "%"
            + part.strip()
                .toLowerCase(Locale.ROOT)
                .replace("!", "!!")
                .replace("%", "!%")
                .replace("_", "!_")
            + "%";
  }

  /**
   * A regular expression for {@code regexp} on the JSON of further sources: finds the text in an
   * address or in the name that sentinels watch a master by, not in a certificate; null where there
   * is none.
   */
  static String address(String part) {
    if (blank(part)) {
      return null;
    }
    String text = SPECIAL.matcher(part.strip().toLowerCase(Locale.ROOT)).replaceAll("\\\\$0");
    return "(\"addresses\":\\[\"([^\"]|\",\")*|\"mastername\":\"[^\"]*)" + text;
  }

  private static boolean blank(String text) {
    return text == null || text.isBlank();
  }
}
