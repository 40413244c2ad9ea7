package io.cachesync.contract;

import io.cachesync.contract.FilterMistake.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Looks for what cannot be meant in a filter. */
final class FilterMistakes {
  private static final Set<String> TYPES =
      Set.of("string", "list", "set", "zset", "hash", "stream", "module");

  /** Modules call theirs so (RedisModule_CreateDataType). */
  private static final String MODULE_TYPE = "[A-Za-z0-9_-]{9}";

  private final FilterSpec spec;
  private final List<FilterMistake> found = new ArrayList<>();

  private FilterMistakes(FilterSpec spec) {
    this.spec = spec;
  }

  static List<FilterMistake> of(FilterSpec spec) {
    FilterMistakes mistakes = new FilterMistakes(spec);
    mistakes.databases();
    mistakes.patterns();
    mistakes.words();
    mistakes.renames();
    return List.copyOf(mistakes.found);
  }

  private void databases() {
    List<Integer> numbers = new ArrayList<>(spec.databases());
    numbers.addAll(spec.excludeDatabases());
    spec.databaseMap().forEach((from, to) -> numbers.addAll(List.of(from, to)));
    numbers.stream()
        .filter(number -> number < 0)
        .distinct()
        .forEach(number -> found(Kind.NEGATIVE_DATABASE, number.toString()));
    if (!spec.databases().isEmpty() && spec.databases().stream().noneMatch(spec::moves)) {
      found(Kind.NO_DATABASE_LEFT, spec.databases().toString());
    }
    Map<Integer, Integer> sources = new TreeMap<>();
    spec.databases().stream()
        .filter(spec::moves)
        .filter(database -> !spec.databaseMap().containsKey(database))
        .forEach(database -> sources.put(database, database));
    spec.databaseMap()
        .forEach(
            (from, to) -> {
              if (!spec.moves(from)) {
                found(Kind.MAPPED_NOT_MOVED, from + ":" + to);
              } else if (sources.put(to, from) != null || keepsNumber(to)) {
                found(Kind.DATABASES_COLLIDE, to.toString());
              }
            });
  }

  /** Whether a database is moved, or may be, and is not mapped to another. */
  private boolean keepsNumber(int database) {
    return spec.databases().isEmpty()
        && spec.moves(database)
        && !spec.databaseMap().containsKey(database);
  }

  private void patterns() {
    spec.patterns()
        .forEach(
            pattern -> {
              if (pattern.isEmpty()) {
                found(Kind.EMPTY_PATTERN, pattern);
              } else if (isBroken(pattern)) {
                found(Kind.BROKEN_ESCAPE, pattern);
              } else if (isOpen(pattern)) {
                found(Kind.OPEN_BRACKET, pattern);
              }
            });
  }

  private void words() {
    for (List<String> types : List.of(spec.includeTypes(), spec.excludeTypes())) {
      types.stream().filter(String::isBlank).forEach(type -> found(Kind.EMPTY_TYPE, type));
      types.stream()
          .filter(type -> !type.isBlank() && !isType(type.strip()))
          .forEach(type -> found(Kind.UNKNOWN_TYPE, type));
    }
    spec.excludeCommands().stream()
        .filter(String::isBlank)
        .forEach(command -> found(Kind.EMPTY_COMMAND, command));
    spec.excludeCommands().stream()
        .filter(StreamCommands::isFrame)
        .forEach(command -> found(Kind.FRAME_COMMAND, command));
    spec.excludeCommands().stream()
        .filter(command -> !command.isBlank() && StreamCommands.meant(command).isPresent())
        .forEach(command -> found(Kind.MISSPELT_COMMAND, command));
  }

  private static boolean isType(String name) {
    return TYPES.contains(name.toLowerCase(Locale.ROOT)) || name.matches(MODULE_TYPE);
  }

  private void renames() {
    List<KeyRename> renames = spec.renames();
    for (int i = 0; i < renames.size(); i++) {
      KeyRename rule = renames.get(i);
      String words = rule.from() + ":=" + rule.to();
      if (isBroken(rule.from()) || isBroken(rule.to())) {
        found(Kind.BROKEN_ESCAPE, words);
      } else if (rule.from().equals(rule.to())) {
        found(Kind.RENAMES_NOTHING, words);
      }
      for (KeyRename earlier : renames.subList(0, i)) {
        if (rule.from().startsWith(earlier.from())) {
          found(Kind.RENAME_NEVER_USED, words);
        } else if (rule.to().startsWith(earlier.to()) || earlier.to().startsWith(rule.to())) {
          found(Kind.RENAMES_COLLIDE, words);
        }
      }
    }
  }

  private static boolean isBroken(String pattern) {
    for (int i = 0; i < pattern.length(); i++) {
      if (pattern.charAt(i) != '\\') {
        continue;
      }
      i++;
      if (i == pattern.length()) {
        return true;
      }
      if (pattern.charAt(i) == 'x') {
        if (i + 2 >= pattern.length() || !isHex(pattern, i + 1) || !isHex(pattern, i + 2)) {
          return true;
        }
        i += 2;
      }
    }
    return false;
  }

  private static boolean isHex(String pattern, int at) {
    return Character.digit(pattern.charAt(at), 16) >= 0;
  }

  private static boolean isOpen(String pattern) {
    boolean open = false;
    for (int i = 0; i < pattern.length(); i++) {
      switch (pattern.charAt(i)) {
        case '\\' -> i++;
        case '[' -> open = true;
        case ']' -> open = false;
        default -> {}
      }
    }
    return open;
  }

  private void found(Kind kind, String what) {
    FilterMistake mistake = new FilterMistake(kind, what);
    if (!found.contains(mistake)) {
      found.add(mistake);
    }
  }
}
