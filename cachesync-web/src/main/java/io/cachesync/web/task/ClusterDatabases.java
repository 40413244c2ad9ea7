package io.cachesync.web.task;

import io.cachesync.contract.FilterSpec;
import io.cachesync.web.system.Refusal;
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
  private static final String MAP = "filter.databaseMap";

  /** The form with the one database that a cluster takes mapped to its own, where none is said. */
  WhatForm filled(WhatForm form) {
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

  /** Refuses what cannot be moved, at its field. */
  void check(WhatForm form) {
    FilterSpec filter = form.filterSpec();
    Map<Integer, Integer> map = filter.databaseMap();
    if (from) {
      require(Set.of(0).containsAll(filter.databases()), DATABASES, "task.form.databases.cluster");
      require(
          filter.excludeDatabases().isEmpty(),
          "filter.excludeDatabases",
          "task.form.databases.cluster");
      require(Set.of(0).containsAll(map.keySet()), MAP, "task.form.databases.cluster");
    }
    if (to) {
      List<Integer> moved = moved(filter);
      require(moved.size() <= 1, DATABASES, "task.form.databases.oneToCluster");
      boolean allToZero =
          Set.of(0).containsAll(map.values())
              && moved.stream().allMatch(database -> filter.targetDatabase(database) == 0);
      require(allToZero, MAP, "task.form.databaseMap.toCluster");
    }
  }

  /** What of a choice for servers with several databases holds for a cluster as the source. */
  String narrowed(String databaseList) {
    return from && !databaseList.isEmpty() ? "0" : databaseList;
  }

  /** As above. */
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

  private static void require(boolean holds, String field, String key) {
    if (!holds) {
      throw Refusal.invalid(field, key);
    }
  }
}
