package io.cachesync.web.task;

import io.cachesync.contract.FilterSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which databases a task may move where an end is a cluster, which has database 0 only.
 *
 * @param from whether a source is one
 * @param to whether the target is one
 */
record ClusterDatabases(boolean from, boolean to) {
  private static final String DATABASES = "databases";
  private static final String EXCLUDED = "filter.excludeDatabases";
  private static final String MAP = "filter.databaseMap";

  /**
   * The form with the one database that a cluster takes mapped to its own, and the one that a
   * cluster has chosen where it is mapped, where none is said.
   */
  WhatForm filled(WhatForm form) {
    FilterSpec filter = form.filterSpec();
    if (from && !filter.ofOneDatabase().equals(filter)) {
      return form.withDatabases("0");
    }
    List<Integer> moved = moved(form.filterSpec());
    boolean fills = to && !from && moved.size() == 1 && moved.get(0) != 0;
    return fills && form.filter().databaseMap().isEmpty()
        ? form.with(form.filter().withDatabaseMap(moved.get(0) + ":0"))
        : form;
  }

  /** The form without what {@link #filled} says. */
  WhatForm shown(WhatForm form) {
    WhatForm bare = form.with(form.filter().withDatabaseMap(""));
    return filled(bare).filterSpec().equals(form.filterSpec()) ? bare : form;
  }

  /** What cannot be moved, at its field. */
  List<Problem> problems(WhatForm form) {
    FilterSpec filter = form.filterSpec();
    Map<Integer, Integer> map = filter.databaseMap();
    Map<String, Problem> problems = new LinkedHashMap<>();
    if (from) {
      String key = "task.form.databases.cluster";
      require(Set.of(0).containsAll(filter.databases()), DATABASES, key, problems);
      require(filter.excludeDatabases().isEmpty(), EXCLUDED, key, problems);
      require(Set.of(0).containsAll(map.keySet()), MAP, key, problems);
    }
    // Of a form only a map of 0 may still be wrong.
    filter
        .mistakes()
        .forEach(
            mistake ->
                problems.putIfAbsent(
                    MAP,
                    Problem.of(MAP, "task.filter.mistake." + mistake.kind(), mistake.found())));
    if (to) {
      List<Integer> moved = moved(filter);
      require(moved.size() <= 1, DATABASES, "task.form.databases.oneToCluster", problems);
      boolean allToZero =
          Set.of(0).containsAll(map.values())
              && moved.stream().allMatch(database -> filter.targetDatabase(database) == 0);
      // Which of several is to become 0 is not asked before one is chosen.
      require(allToZero || moved.size() > 1, MAP, "task.form.databaseMap.toCluster", problems);
    }
    return List.copyOf(problems.values());
  }

  /** What of a choice for servers with several databases holds for a cluster as the source. */
  String narrowed(String databaseList, FilterSpec filter) {
    boolean names = !databaseList.isEmpty() || filter.databaseMap().containsKey(0);
    return from && names ? "0" : databaseList;
  }

  /** What of it holds there. */
  FilterSpec narrowed(FilterSpec filter) {
    if (!from) {
      return filter;
    }
    Integer zero = to ? null : filter.databaseMap().get(0);
    return new FilterSpec(
        null,
        null,
        zero == null ? Map.of() : Map.of(0, zero),
        filter.includeKeys(),
        filter.excludeKeys(),
        filter.includeTypes(),
        filter.excludeTypes(),
        filter.excludeCommands(),
        filter.renames(),
        filter.publish());
  }

  private static List<Integer> moved(FilterSpec filter) {
    return filter.databases().stream().filter(filter::moves).toList();
  }

  /** One sentence for each field. */
  private static void require(
      boolean holds, String field, String key, Map<String, Problem> problems) {
    if (!holds) {
      problems.putIfAbsent(field, Problem.of(field, key));
    }
  }
}
