package io.cachesync.agent.checkpoint;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which task moves into which databases of a target; all links of its jobs share it.
 *
 * <pre>
 * DATABASES[;own] TASK       such as "*;own orders", "0,3 orders"
 * </pre>
 *
 * @param databases ascending; empty = all
 * @param owned whether they are known to have been empty when they were claimed
 */
public record Claim(String task, List<Integer> databases, boolean owned) {
  private static final String ALL = "*";
  private static final String OWNED = ";own";

  public Claim {
    databases = List.copyOf(databases);
  }

  public Claim(String task, List<Integer> databases) {
    this(task, databases, false);
  }

  /** The same claim with this said of whether the databases were empty. */
  public Claim owned(boolean wereEmpty) {
    return wereEmpty == owned ? this : new Claim(task, databases, wereEmpty);
  }

  /** Whether both are of the same task and databases. */
  boolean isSame(Claim other) {
    return task.equals(other.task) && databases.equals(other.databases);
  }

  /** The database that holds the task's checkpoint. */
  public int home() {
    return databases.isEmpty() ? 0 : databases.get(0);
  }

  public boolean covers(int database) {
    return databases.isEmpty() || databases.contains(database);
  }

  boolean conflictsWith(Claim other) {
    return !task.equals(other.task)
        && (databases.isEmpty()
            || other.databases.isEmpty()
            || databases.stream().anyMatch(other.databases::contains));
  }

  public String databasesText() {
    return databases.isEmpty()
        ? ALL
        : databases.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  public String text() {
    return databasesText() + (owned ? OWNED : "") + " " + task;
  }

  /**
   * @throws IllegalArgumentException where the text is none of ours
   */
  public static Claim parse(String text) {
    int space = text.indexOf(' ');
    if (space <= 0) {
      throw new IllegalArgumentException("not a claim: " + text);
    }
    String first = text.substring(0, space);
    boolean owned = first.endsWith(OWNED);
    String databases = owned ? first.substring(0, first.length() - OWNED.length()) : first;
    return new Claim(
        text.substring(space + 1),
        databases.equals(ALL)
            ? List.of()
            : Arrays.stream(databases.split(",")).map(Integer::valueOf).toList(),
        owned);
  }
}
