package io.cachesync.agent.filter;

import io.cachesync.agent.rdb.RdbType;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Which types of values are moved, by the names that TYPE tells. */
final class TypeFilter {
  private static final String MODULE = "module";
  private static final Set<String> CORE =
      Set.of("string", "list", "set", "zset", "hash", "stream", MODULE);

  private final Set<String> included;
  private final Set<String> excluded;
  private final boolean active;
  private final boolean[] byRdbType = new boolean[256];

  TypeFilter(List<String> included, List<String> excluded) {
    this.included = included.stream().map(TypeFilter::canonical).collect(Collectors.toSet());
    this.excluded = excluded.stream().map(TypeFilter::canonical).collect(Collectors.toSet());
    this.active = !included.isEmpty() || !excluded.isEmpty();
    for (int type = 0; type < byRdbType.length; type++) {
      byRdbType[type] = moves(RdbType.typeName(type));
    }
  }

  /** Names of modules' types are told apart by case. */
  private static String canonical(String name) {
    String lower = name.strip().toLowerCase(Locale.ROOT);
    return CORE.contains(lower) ? lower : name.strip();
  }

  boolean isActive() {
    return active;
  }

  boolean moves(String type) {
    return (included.isEmpty() || has(included, type)) && !has(excluded, type);
  }

  /**
   * Whether a value is moved.
   *
   * @param rdbType its type byte
   * @param buffer what stands behind that byte
   */
  boolean moves(int rdbType, byte[] buffer, int offset, int length) {
    if (!isActive()) {
      return true;
    }
    return rdbType == RdbType.MODULE_2
        ? moves(RdbType.moduleName(buffer, offset, length))
        : byRdbType[rdbType & 0xff];
  }

  private static boolean has(Set<String> names, String type) {
    return names.contains(type) || (!CORE.contains(type) && names.contains(MODULE));
  }
}
