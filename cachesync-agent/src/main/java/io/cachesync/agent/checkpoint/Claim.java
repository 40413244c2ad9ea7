package io.cachesync.agent.checkpoint;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which task moves into which databases of a target.
 *
 * @param databases ascending; empty = all
 */
public record Claim(String task, List<Integer> databases) {
  private static final String ALL = "*";

  public Claim {
    databases = List.copyOf(databases);
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
    return databasesText() + " " + task;
  }

  /**
   * @throws IllegalArgumentException where the text is none of ours
   */
  public static Claim parse(String text) {
    int space = text.indexOf(' ');
    if (space <= 0) {
      throw new IllegalArgumentException("not a claim: " + text);
    }
    String databases = text.substring(0, space);
    return new Claim(
        text.substring(space + 1),
        databases.equals(ALL)
            ? List.of()
            : Arrays.stream(databases.split(",")).map(Integer::valueOf).toList());
  }
}
