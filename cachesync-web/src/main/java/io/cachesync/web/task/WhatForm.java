package io.cachesync.web.task;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.UnsupportedPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Step 2 of the wizard: what is moved.
 *
 * @param mode SYNC or FULL_ONLY
 * @param databases numbers and ranges separated by commas, {@code 0,2-4}; empty = all
 * @param onExists a ConflictPolicy
 * @param onUnsupported an UnsupportedPolicy; STOP where none is given
 */
record WhatForm(
    String mode, String databases, String onExists, String onUnsupported, FilterForm filter) {
  static final String ON_EXISTS = "onExists";
  private static final String DATABASES = "databases";
  private static final int LIST_MAX = 2000;
  private static final List<String> POLICIES =
      Arrays.stream(ConflictPolicy.values())
          .filter(policy -> policy != ConflictPolicy.UNKNOWN)
          .map(ConflictPolicy::name)
          .toList();
  private static final List<String> UNSUPPORTED =
      List.of(UnsupportedPolicy.STOP.name(), UnsupportedPolicy.SKIP.name());

  WhatForm {
    mode = mode == null ? "" : mode.strip();
    databases = databases == null ? "" : databases.strip();
    onExists = onExists == null ? "" : onExists.strip();
    onUnsupported =
        onUnsupported == null || onUnsupported.isBlank()
            ? UnsupportedPolicy.STOP.name()
            : onUnsupported.strip();
    filter = filter == null ? FilterForm.of(FilterSpec.everything()) : filter;
  }

  static WhatForm of(TaskSpec spec, FilterSpec filter) {
    TaskSpec.What what = spec.what();
    return new WhatForm(
        what.syncMode().name(),
        what.databaseList(),
        what.onExists().name(),
        what.onUnsupported().name(),
        FilterForm.of(filter));
  }

  WhatForm with(FilterForm other) {
    return new WhatForm(mode, databases, onExists, onUnsupported, other);
  }

  WhatForm withDatabases(String other) {
    return new WhatForm(mode, other, onExists, onUnsupported, filter);
  }

  /** What is wrong whatever the ends are. */
  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    if (!List.of(SyncMode.SYNC.name(), SyncMode.FULL_ONLY.name()).contains(mode)) {
      problems.add(Problem.of("mode", "task.form.choose"));
    }
    if (!POLICIES.contains(onExists)) {
      problems.add(Problem.of(ON_EXISTS, "task.form.choose"));
    }
    if (!UNSUPPORTED.contains(onUnsupported)) {
      problems.add(Problem.of("onUnsupported", "task.form.choose"));
    }
    if (!DatabaseNumbers.areWellFormed(databases)) {
      problems.add(Problem.of(DATABASES, "task.form.databases.invalid"));
      return problems;
    }
    if (databaseList().length() > LIST_MAX) {
      problems.add(Problem.of(DATABASES, "task.form.databases.tooMany"));
    }
    problems.addAll(filter.problems(DatabaseNumbers.read(databases), true));
    return problems;
  }

  /** Whether a field of the form says which data are moved. */
  static boolean choosesData(String field) {
    return field.equals(DATABASES) || field.startsWith("filter.");
  }

  /** The numbers, ascending, separated by commas. */
  String databaseList() {
    return DatabaseNumbers.read(databases).stream()
        .map(String::valueOf)
        .collect(Collectors.joining(","));
  }

  /** What of these databases is moved, and under which names. */
  FilterSpec filterSpec() {
    return filter.spec(DatabaseNumbers.read(databases));
  }

  SyncMode syncMode() {
    return SyncMode.valueOf(mode);
  }

  ConflictPolicy conflictPolicy() {
    return ConflictPolicy.valueOf(onExists);
  }

  UnsupportedPolicy unsupportedPolicy() {
    return UnsupportedPolicy.valueOf(onUnsupported);
  }

  static List<String> modes() {
    return Arrays.stream(SyncMode.values())
        .filter(mode -> mode != SyncMode.UNKNOWN)
        .map(SyncMode::name)
        .toList();
  }
}
