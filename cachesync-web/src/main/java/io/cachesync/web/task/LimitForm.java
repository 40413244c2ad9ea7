package io.cachesync.web.task;

import io.cachesync.contract.LimitSpec;
import java.util.List;
import java.util.Set;

/** Limits that change while a task runs; empty = no limit. */
public record LimitForm(String megabytesPerSecond, String commandsPerSecond) {
  private static final Set<String> FIELDS = Set.of("megabytesPerSecond", "commandsPerSecond");

  static LimitForm of(LimitSpec limits) {
    return new LimitForm(
        limits.bytesPerSecond() == 0 ? "" : HowForm.megabytes(limits.bytesPerSecond()),
        limits.commandsPerSecond() == 0 ? "" : String.valueOf(limits.commandsPerSecond()));
  }

  List<Problem> problems() {
    return how().problems(java.time.Instant.EPOCH).stream()
        .filter(problem -> FIELDS.contains(problem.field()))
        .toList();
  }

  long bytesPerSecond() {
    return how().bytesPerSecond();
  }

  long commands() {
    return how().commands();
  }

  private HowForm how() {
    return new HowForm(
        "", megabytesPerSecond, commandsPerSecond, "now", "", "", "", "", "", "", false, "");
  }
}
