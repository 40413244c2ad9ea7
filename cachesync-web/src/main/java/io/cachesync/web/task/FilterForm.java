package io.cachesync.web.task;

import io.cachesync.contract.FilterMistake;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.KeyRename;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The part of step 2 that narrows what is moved: patterns and renames one a line, the others
 * separated by commas.
 *
 * @param databaseMap {@code 0:3} each
 * @param renames {@code user::=u:} each, old beginning first
 */
public record FilterForm(
    String excludeDatabases,
    String databaseMap,
    String includeKeys,
    String excludeKeys,
    String includeTypes,
    String excludeTypes,
    String excludeCommands,
    String renames) {
  /** What our own keys at the target begin with: no key that is moved may be called so. */
  private static final String OWN_PREFIX = "cachesync:";

  static final String BECOMES = ":=";

  private static final int TEXT_MAX = 20_000;
  private static final Set<String> TYPES =
      Set.of("string", "list", "set", "zset", "hash", "stream", "module");
  private static final String MODULE_TYPE = "[A-Za-z0-9_-]{9}";
  private static final String COMMAND = "[A-Za-z][A-Za-z0-9._-]{0,60}";
  private static final String SEPARATOR = "[,，\\s]+";

  public FilterForm {
    excludeDatabases = clean(excludeDatabases);
    databaseMap = clean(databaseMap);
    includeKeys = clean(includeKeys);
    excludeKeys = clean(excludeKeys);
    includeTypes = clean(includeTypes);
    excludeTypes = clean(excludeTypes);
    excludeCommands = clean(excludeCommands);
    renames = clean(renames);
  }

  /** As it was typed, or could have been; the databases to move have a field of their own. */
  public static FilterForm of(FilterSpec filter) {
    return new FilterForm(
        joined(filter.excludeDatabases(), ", "),
        filter.databaseMap().entrySet().stream()
            .map(each -> each.getKey() + ":" + each.getValue())
            .collect(Collectors.joining(", ")),
        lines(filter.includeKeys()),
        lines(filter.excludeKeys()),
        joined(filter.includeTypes(), ", "),
        joined(filter.excludeTypes(), ", "),
        joined(filter.excludeCommands(), ", "),
        lines(filter.renames().stream().map(each -> each.from() + BECOMES + each.to()).toList()));
  }

  public boolean narrows() {
    return fields().values().stream().anyMatch(text -> !text.isEmpty());
  }

  FilterForm withDatabaseMap(String other) {
    return new FilterForm(
        excludeDatabases,
        other,
        includeKeys,
        excludeKeys,
        includeTypes,
        excludeTypes,
        excludeCommands,
        renames);
  }

  /**
   * What is wrong, at its field.
   *
   * @param databases that are chosen
   */
  public List<Problem> problems(List<Integer> databases) {
    return problems(databases, false);
  }

  /**
   * As above.
   *
   * @param mayBeOne whether the source may be one that has database 0 only
   */
  List<Problem> problems(List<Integer> databases, boolean mayBeOne) {
    List<Problem> problems = new ArrayList<>();
    fields()
        .forEach(
            (field, text) -> {
              if (text.length() > TEXT_MAX) {
                problems.add(problem(field, "common.field.tooLong", TEXT_MAX));
              }
            });
    if (!DatabaseNumbers.areWellFormed(excludeDatabases)) {
      problems.add(problem("excludeDatabases", "task.form.databases.invalid"));
    }
    checkMap(problems);
    checkWords("includeTypes", includeTypes, problems);
    checkWords("excludeTypes", excludeTypes, problems);
    words(excludeCommands).stream()
        .filter(word -> !word.matches(COMMAND))
        .findFirst()
        .ifPresent(word -> problems.add(problem("excludeCommands", "task.filter.noCommand", word)));
    linesOf(renames).stream()
        .filter(line -> !line.contains(BECOMES))
        .findFirst()
        .ifPresent(line -> problems.add(problem("renames", "task.filter.noRename", line)));
    linesOf(renames).stream()
        .filter(line -> line.contains(BECOMES) && rename(line).to().startsWith(OWN_PREFIX))
        .findFirst()
        .ifPresent(line -> problems.add(problem("renames", "task.filter.reserved", line)));
    if (problems.isEmpty()) {
      FilterSpec spec = mayBeOne ? spec(databases).ofOneDatabase() : spec(databases);
      for (FilterMistake mistake : spec.mistakes()) {
        problems.add(
            problem(
                fieldOf(mistake),
                "task.filter.mistake." + mistake.kind(),
                mistake.meant().isEmpty()
                    ? new Object[] {mistake.found()}
                    : new Object[] {mistake.found(), mistake.meant()}));
      }
    }
    return problems;
  }

  /** What is asked for, of a form without problems. */
  public FilterSpec spec(List<Integer> databases) {
    Map<Integer, Integer> map = new TreeMap<>();
    for (String[] ends : mapped()) {
      map.put(Integer.valueOf(ends[0]), Integer.valueOf(ends[1]));
    }
    return new FilterSpec(
        databases,
        DatabaseNumbers.read(excludeDatabases),
        map,
        linesOf(includeKeys),
        linesOf(excludeKeys),
        types(includeTypes),
        types(excludeTypes),
        words(excludeCommands).stream().map(word -> word.toUpperCase(Locale.ROOT)).toList(),
        linesOf(renames).stream().map(FilterForm::rename).toList(),
        false);
  }

  private void checkMap(List<Problem> problems) {
    Map<String, String> seen = new LinkedHashMap<>();
    for (String[] ends : mapped()) {
      boolean numbers = ends.length == 2 && Arrays.stream(ends).allMatch(FilterForm::isDatabase);
      if (!numbers || seen.put(ends[0], ends[1]) != null) {
        problems.add(problem("databaseMap", "task.filter.noMapping", String.join(":", ends)));
        return;
      }
    }
  }

  private static boolean isDatabase(String text) {
    return text.matches("[0-9]{1,4}");
  }

  private static void checkWords(String field, String text, List<Problem> problems) {
    types(text).stream()
        .filter(word -> !TYPES.contains(word) && !word.matches(MODULE_TYPE))
        .findFirst()
        .ifPresent(word -> problems.add(problem(field, "task.filter.noType", word)));
  }

  private String fieldOf(FilterMistake mistake) {
    return switch (mistake.kind()) {
      case EMPTY_PATTERN, BROKEN_ESCAPE, OPEN_BRACKET ->
          linesOf(includeKeys).contains(mistake.found())
              ? "includeKeys"
              : linesOf(excludeKeys).contains(mistake.found()) ? "excludeKeys" : "renames";
      case NO_DATABASE_LEFT -> "excludeDatabases";
      case NEGATIVE_DATABASE, MAPPED_NOT_MOVED, DATABASES_COLLIDE -> "databaseMap";
      case EMPTY_TYPE, UNKNOWN_TYPE -> "includeTypes";
      case EMPTY_COMMAND, MISSPELT_COMMAND, FRAME_COMMAND -> "excludeCommands";
      case RENAMES_NOTHING, RENAME_NEVER_USED, RENAMES_COLLIDE -> "renames";
    };
  }

  private Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("excludeDatabases", excludeDatabases);
    fields.put("databaseMap", databaseMap);
    fields.put("includeKeys", includeKeys);
    fields.put("excludeKeys", excludeKeys);
    fields.put("includeTypes", includeTypes);
    fields.put("excludeTypes", excludeTypes);
    fields.put("excludeCommands", excludeCommands);
    fields.put("renames", renames);
    return fields;
  }

  private static Problem problem(String field, String key, Object... arguments) {
    return Problem.of("filter." + field, key, arguments);
  }

  private List<String[]> mapped() {
    return words(databaseMap.replaceAll("\\s*[:：]\\s*", ":")).stream()
        .map(each -> each.split(":", -1))
        .toList();
  }

  private static KeyRename rename(String line) {
    int at = line.indexOf(BECOMES);
    return new KeyRename(line.substring(0, at), line.substring(at + BECOMES.length()));
  }

  /** Redis's own types may be typed in any case; a module's are as they are. */
  private static List<String> types(String text) {
    return words(text).stream()
        .map(
            word ->
                TYPES.contains(word.toLowerCase(Locale.ROOT))
                    ? word.toLowerCase(Locale.ROOT)
                    : word)
        .distinct()
        .toList();
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.split(SEPARATOR)).filter(word -> !word.isEmpty()).toList();
  }

  private static List<String> linesOf(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).distinct().toList();
  }

  /** A line break or a space at an end would be lost in a field: as the byte that it is. */
  private static String lines(List<String> patterns) {
    return patterns.stream()
        .map(
            pattern ->
                pattern
                    .replace("\n", "\\x0A")
                    .replace("\r", "\\x0D")
                    .replaceAll("^ | $", "\\\\x20"))
        .collect(Collectors.joining("\n"));
  }

  private static String joined(List<?> each, String separator) {
    return each.stream().map(String::valueOf).collect(Collectors.joining(separator));
  }

  private static String clean(String text) {
    return text == null ? "" : text.strip();
  }
}
