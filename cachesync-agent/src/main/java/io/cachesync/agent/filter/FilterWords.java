package io.cachesync.agent.filter;

import io.cachesync.contract.FilterMistake;
import io.cachesync.contract.FilterSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A filter in words. */
public final class FilterWords {
  private FilterWords() {}

  /** What is wrong, as a sentence without its full stop. */
  public static String of(FilterMistake mistake) {
    String found = "'" + mistake.found() + "'";
    return switch (mistake.kind()) {
      case EMPTY_PATTERN -> "a pattern of keys is empty";
      case BROKEN_ESCAPE ->
          "in %s a backslash ends the text, or \\x has no two hexadecimal digits".formatted(found);
      case OPEN_BRACKET -> "in the pattern %s a bracket is not closed".formatted(found);
      case NEGATIVE_DATABASE -> "a database is never negative: " + mistake.found();
      case NO_DATABASE_LEFT -> "every chosen database is left out: " + mistake.found();
      case MAPPED_NOT_MOVED ->
          "the map %s is of a database that is not moved".formatted(mistake.found());
      case DATABASES_COLLIDE ->
          "two databases of the source would become database %s".formatted(mistake.found());
      case EMPTY_TYPE -> "the name of a type is empty";
      case UNKNOWN_TYPE ->
          found
              + " is no type: string, list, set, zset, hash, stream or module, or the nine"
              + " characters of a module's type";
      case EMPTY_COMMAND -> "the name of a command is empty";
      case MISSPELT_COMMAND ->
          "there is no command %s in a replication stream: %s is likely meant"
              .formatted(found, mistake.meant());
      case FRAME_COMMAND -> found + " holds the stream together";
      case RENAMES_NOTHING -> "the rule %s renames nothing".formatted(found);
      case RENAME_NEVER_USED -> "an earlier rule takes every key of the rule " + found;
      case RENAMES_COLLIDE ->
          "the rule %s may give a key the name that another rule gives".formatted(found);
    };
  }

  /** What a filter says beyond the databases that it names; empty where that is nothing. */
  public static String beyondDatabases(FilterSpec spec) {
    List<String> parts = new ArrayList<>();
    add(parts, "databases left out", spec.excludeDatabases());
    add(parts, "databases mapped", spec.databaseMap().entrySet());
    add(parts, "keys", spec.includeKeys());
    add(parts, "keys left out", spec.excludeKeys());
    add(parts, "types", spec.includeTypes());
    add(parts, "types left out", spec.excludeTypes());
    add(parts, "commands left out", spec.excludeCommands());
    add(
        parts,
        "renamed",
        spec.renames().stream().map(rule -> rule.from() + ":=" + rule.to()).toList());
    return String.join(", ", parts);
  }

  private static void add(List<String> parts, String what, Collection<?> values) {
    if (!values.isEmpty()) {
      parts.add(what + " " + values);
    }
  }
}
