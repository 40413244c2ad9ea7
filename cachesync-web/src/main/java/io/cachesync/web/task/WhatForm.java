package io.cachesync.web.task;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.SyncMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Step 2 of the wizard: what is moved.
 *
 * @param mode SYNC or FULL_ONLY
 * @param databases numbers and ranges separated by commas, {@code 0,2-4}; empty = all
 * @param onExists REFUSE or REPLACE
 */
record WhatForm(String mode, String databases, String onExists) {
  private static final int DATABASES_MAX = 10_000;

  WhatForm {
    mode = mode == null ? "" : mode.strip();
    databases = databases == null ? "" : databases.strip();
    onExists = onExists == null ? "" : onExists.strip();
  }

  static WhatForm of(TaskSpec spec) {
    return new WhatForm(spec.syncMode().name(), spec.databaseList(), spec.onExists().name());
  }

  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    if (!List.of(SyncMode.SYNC.name(), SyncMode.FULL_ONLY.name()).contains(mode)) {
      problems.add(Problem.of("mode", "task.form.choose"));
    }
    if (!List.of(ConflictPolicy.REFUSE.name(), ConflictPolicy.REPLACE.name()).contains(onExists)) {
      problems.add(Problem.of("onExists", "task.form.choose"));
    }
    if (!databases.matches(
            "|[0-9]{1,4}(\\s*-\\s*[0-9]{1,4})?(\\s*[,，\\s]\\s*[0-9]{1,4}(\\s*-\\s*[0-9]{1,4})?)*")
        || databases.length() > 500) {
      problems.add(Problem.of("databases", "task.form.databases.invalid"));
    } else if (databaseList().length() > 2000) {
      problems.add(Problem.of("databases", "task.form.databases.tooMany"));
    }
    return problems;
  }

  /** The numbers, ascending, separated by commas. */
  String databaseList() {
    List<Integer> numbers = new ArrayList<>();
    for (String part : databases.replaceAll("\\s*-\\s*", "-").split("[,，\\s]+")) {
      String[] ends = part.split("-");
      if (part.isEmpty()) {
        continue;
      }
      int first = Integer.parseInt(ends[0]);
      int last = ends.length > 1 ? Integer.parseInt(ends[1]) : first;
      for (int number = first; number <= last && numbers.size() < DATABASES_MAX; number++) {
        numbers.add(number);
      }
    }
    return numbers.stream()
        .distinct()
        .sorted()
        .map(String::valueOf)
        .collect(Collectors.joining(","));
  }

  SyncMode syncMode() {
    return SyncMode.valueOf(mode);
  }

  ConflictPolicy conflictPolicy() {
    return ConflictPolicy.valueOf(onExists);
  }

  static List<String> modes() {
    return Arrays.stream(SyncMode.values())
        .filter(mode -> mode != SyncMode.UNKNOWN)
        .map(SyncMode::name)
        .toList();
  }
}
