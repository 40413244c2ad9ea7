package io.cachesync.web.check;

import io.cachesync.web.system.Refusal;
import java.util.Map;
import java.util.function.Supplier;

/** Fields that the form and the services refuse, by the names that the bodies of requests have. */
final class CheckFields {
  /** Those of a schedule stand beside its check in the body; in the form it is the other way. */
  private static final String SCHEDULE = "schedule.";

  private static final Map<String, String> NAMES =
      Map.of(
          "taskId", "task",
          "sourceEndpointId", "source",
          "targetEndpointId", "target",
          "machineId", "machine",
          "databases", "filter.databases");

  private CheckFields() {}

  /** What is asked for; what is refused names a field of the body of a check. */
  static <T> T ofCheck(Supplier<T> asked) {
    return named("", asked);
  }

  /** What is asked for; what is refused names a field of the body of a schedule. */
  static <T> T ofSchedule(Supplier<T> asked) {
    return named("check.", asked);
  }

  private static <T> T named(String before, Supplier<T> asked) {
    try {
      return asked.get();
    } catch (Refusal refusal) {
      String field = refusal.field();
      if (field == null) {
        throw refusal;
      }
      throw refusal.at(
          field.startsWith(SCHEDULE)
              ? field.substring(SCHEDULE.length())
              : before + NAMES.getOrDefault(field, field));
    }
  }
}
