package io.cachesync.agent.checkpoint;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which task moves into which databases of a target; all links of its jobs share it.
 *
 * <pre>
 * DATABASES[;own] TASK       such as "*;own orders", "0,3 orders", "*-2,5 orders"
 * </pre>
 *
 * @param databases ascending; empty = all but those left out
 * @param leftOut ascending; only where databases is empty
 * @param owned whether they are known to have been empty when they were claimed
 */
public record Claim(String task, List<Integer> databases, List<Integer> leftOut, boolean owned) {
  private static final String ALL = "*";
  private static final String BUT = "*-";
  private static final String OWNED = ";own";

  public Claim {
    databases = List.copyOf(databases);
    leftOut = List.copyOf(leftOut);
  }

  public Claim(String task, List<Integer> databases, boolean owned) {
    this(task, databases, List.of(), owned);
  }

  public Claim(String task, List<Integer> databases) {
    this(task, databases, false);
  }

  /** The same claim with this said of whether the databases were empty. */
  public Claim owned(boolean wereEmpty) {
    return wereEmpty == owned ? this : new Claim(task, databases, leftOut, wereEmpty);
  }

  /** Whether both are of the same task and databases. */
  boolean isSame(Claim other) {
    return task.equals(other.task)
        && databases.equals(other.databases)
        && leftOut.equals(other.leftOut);
  }

  /** Whether no database is left out. */
  boolean isOfAll() {
    return databases.isEmpty() && leftOut.isEmpty();
  }

  /** The database that holds the task's checkpoint. */
  public int home() {
    return databases.isEmpty()
        ? IntStream.iterate(0, next -> next + 1).filter(this::covers).findFirst().orElseThrow()
        : databases.get(0);
  }

  public boolean covers(int database) {
    return databases.isEmpty() ? !leftOut.contains(database) : databases.contains(database);
  }

  boolean conflictsWith(Claim other) {
    return !task.equals(other.task) && meets(other);
  }

  /** Whether both have a database in common; of two that name none so many that they do. */
  public boolean meets(Claim other) {
    return databases.isEmpty()
        ? other.databases.isEmpty() || other.databases.stream().anyMatch(this::covers)
        : databases.stream().anyMatch(other::covers);
  }

  public String databasesText() {
    if (!databases.isEmpty()) {
      return joined(databases);
    }
    return leftOut.isEmpty() ? ALL : BUT + joined(leftOut);
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
    boolean butSome = databases.startsWith(BUT);
    return new Claim(
        text.substring(space + 1),
        databases.equals(ALL) || butSome ? List.of() : numbers(databases),
        butSome ? numbers(databases.substring(BUT.length())) : List.of(),
        owned);
  }

  private static String joined(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static List<Integer> numbers(String joined) {
    return Arrays.stream(joined.split(",")).map(Integer::valueOf).toList();
  }
}
