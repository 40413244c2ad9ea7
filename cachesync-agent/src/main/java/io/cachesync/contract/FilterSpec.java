package io.cachesync.contract;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What is moved, and under which names. What is not moved does not exist for the target: a key that
 * the source computes from it is fetched as a value.
 *
 * <p>Patterns are Redis's own ({@code *}, {@code ?}, {@code [a-z]}, {@code [^x]}, {@code \} before
 * a character that is meant as such), on bytes; {@code \xHH} is one byte, taken as such.
 *
 * @param databases database numbers of the source to move, ascending; empty moves all
 * @param excludeDatabases database numbers of the source that are not moved
 * @param databaseMap database of the source to that of the target; the others keep their number. No
 *     two that are moved become one
 * @param includeKeys patterns of keys to move; empty moves all
 * @param excludeKeys patterns of keys that are not moved, also where an include has them
 * @param includeTypes {@code string list set zset hash stream}, {@code module} for all modules' or
 *     a module's type name; empty moves all
 * @param excludeTypes types that are not moved
 * @param excludeCommands names of commands of the stream that are not applied
 * @param renames the first rule whose beginning a key has is applied, once; in their order
 * @param publish whether PUBLISH and SPUBLISH are forwarded (by default filtered and counted)
 */
public record FilterSpec(
    List<Integer> databases,
    List<Integer> excludeDatabases,
    Map<Integer, Integer> databaseMap,
    List<String> includeKeys,
    List<String> excludeKeys,
    List<String> includeTypes,
    List<String> excludeTypes,
    List<String> excludeCommands,
    List<KeyRename> renames,
    boolean publish) {
  public FilterSpec {
    databases = databases == null ? List.of() : databases.stream().distinct().sorted().toList();
    excludeDatabases =
        excludeDatabases == null
            ? List.of()
            : excludeDatabases.stream().distinct().sorted().toList();
    databaseMap =
        databaseMap == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(databaseMap));
    includeKeys = includeKeys == null ? List.of() : List.copyOf(includeKeys);
    excludeKeys = excludeKeys == null ? List.of() : List.copyOf(excludeKeys);
    includeTypes = includeTypes == null ? List.of() : List.copyOf(includeTypes);
    excludeTypes = excludeTypes == null ? List.of() : List.copyOf(excludeTypes);
    excludeCommands = excludeCommands == null ? List.of() : List.copyOf(excludeCommands);
    renames = renames == null ? List.of() : List.copyOf(renames);
  }

  /** By database only. */
  public FilterSpec(List<Integer> databases, boolean publish) {
    this(databases, null, null, null, null, null, null, null, null, publish);
  }

  public static FilterSpec everything() {
    return new FilterSpec(List.of(), false);
  }

  /** Whether a database of the source is moved. */
  public boolean moves(int database) {
    return (databases.isEmpty() || databases.contains(database))
        && !excludeDatabases.contains(database);
  }

  /** Which database of the target a moved one of the source becomes. */
  public int targetDatabase(int database) {
    return databaseMap.getOrDefault(database, database);
  }

  /** The databases of the target that are written to, ascending; empty for whichever there are. */
  public List<Integer> targetDatabases() {
    return databases.stream().filter(this::moves).map(this::targetDatabase).sorted().toList();
  }

  /**
   * The databases of the target that nothing is moved into though others of any number may be,
   * ascending; empty where {@link #databases} names what is moved.
   */
  public List<Integer> targetDatabasesLeftOut() {
    if (!databases.isEmpty()) {
      return List.of();
    }
    // Only what is left out or mapped away is not itself at the target.
    return Stream.concat(excludeDatabases.stream(), databaseMap.keySet().stream())
        .filter(database -> !databaseMap.containsValue(database))
        .distinct()
        .sorted()
        .toList();
  }

  /** Whether something is moved, or may be, into a database of the target. */
  public boolean movesInto(int target) {
    return databases.isEmpty()
        ? !targetDatabasesLeftOut().contains(target)
        : targetDatabases().contains(target);
  }

  /** Whether anything but whole databases is left out or renamed. */
  public boolean selectsKeys() {
    return !(includeKeys.isEmpty()
        && excludeKeys.isEmpty()
        && includeTypes.isEmpty()
        && excludeTypes.isEmpty()
        && renames.isEmpty());
  }

  /**
   * As this is meant of a source that has database 0 only, as a cluster does: where that one is
   * mapped to another, no other one is in its way.
   */
  public FilterSpec ofOneDatabase() {
    boolean isMapped = databaseMap.keySet().equals(Set.of(0)) && databaseMap.get(0) != 0;
    return isMapped && databases.isEmpty() && excludeDatabases.isEmpty()
        ? new FilterSpec(
            List.of(0),
            excludeDatabases,
            databaseMap,
            includeKeys,
            excludeKeys,
            includeTypes,
            excludeTypes,
            excludeCommands,
            renames,
            publish)
        : this;
  }

  /** What cannot be meant so; empty where nothing is wrong. */
  public List<FilterMistake> mistakes() {
    return FilterMistakes.of(this);
  }

  /** All patterns of keys. */
  Stream<String> patterns() {
    return Stream.concat(includeKeys.stream(), excludeKeys.stream());
  }
}
