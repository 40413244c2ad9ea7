package io.cachesync.agent.fullcheck;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckMode;
import io.cachesync.contract.DifferenceKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What redis-full-check found: the database of its last round, table FINAL_RESULT, a row for each
 * key or field. Types of keys stand in its table key.
 */
final class FullCheckResult {
  private static final String FINAL = "FINAL_RESULT";
  private static final String KEYS = "key";

  /** Types and lengths of more keys are not remembered; so many are listed at most. */
  private static final int REMEMBERED = 100_000;

  private final CheckMode mode;
  private final int round;
  private final long atMillis;
  private final Map<String, Known> known = new HashMap<>();
  private final Set<String> different = new HashSet<>();
  private final Map<DifferenceKind, Set<String>> byKind = new EnumMap<>(DifferenceKind.class);
  private final Map<String, Set<String>> byType = new TreeMap<>();

  FullCheckResult(CheckMode mode, int round, long atMillis) {
    this.mode = mode;
    this.round = round;
    this.atMillis = atMillis;
  }

  /** Reads a database and hands over each difference. */
  void read(Path file, Consumer<CheckDifference> differences) throws IOException {
    try (SqliteFile database = SqliteFile.open(file)) {
      if (!database.has(FINAL)) {
        throw new IOException("it has no table " + FINAL);
      }
      if (database.has(KEYS)) {
        database.each(KEYS, this::remember);
      }
      database.each(FINAL, row -> differences.accept(difference(row)));
    }
  }

  long keys() {
    return different.size();
  }

  Map<DifferenceKind, Long> byKind() {
    Map<DifferenceKind, Long> counts = new EnumMap<>(DifferenceKind.class);
    byKind.forEach((kind, keys) -> counts.put(kind, (long) keys.size()));
    return counts;
  }

  Map<String, Long> byType() {
    Map<String, Long> counts = new TreeMap<>();
    byType.forEach((type, keys) -> counts.put(type, (long) keys.size()));
    return counts;
  }

  private void remember(Map<String, Object> row) {
    if (known.size() < REMEMBERED) {
      known.put(
          id(number(row.get("db")), text(row.get("key"))),
          new Known(
              text(row.get("type")), number(row.get("source_len")), number(row.get("target_len"))));
    }
  }

  private CheckDifference difference(Map<String, Object> row) {
    long database = number(row.get("schema"));
    String key = text(row.get("key"));
    String field = text(row.get("extra"));
    Known of = known.getOrDefault(id(database, key), Known.NOTHING);
    DifferenceKind kind = kind(text(row.get("inconsistenttype")), of.type(), !field.isEmpty());
    count(id(database, key), kind, of.type());
    boolean lengths = field.isEmpty() && of.sourceLength() >= 0 && of.targetLength() >= 0;
    return new CheckDifference(
        (int) database,
        key,
        "",
        of.type(),
        kind,
        field,
        "",
        lengths ? String.valueOf(of.sourceLength()) : "",
        lengths ? String.valueOf(of.targetLength()) : "",
        atMillis,
        round,
        -1,
        0);
  }

  private void count(String id, DifferenceKind kind, String type) {
    different.add(id);
    byKind.computeIfAbsent(kind, each -> new HashSet<>()).add(id);
    byType.computeIfAbsent(type.isEmpty() ? "?" : type, each -> new HashSet<>()).add(id);
  }

  private DifferenceKind kind(String conflict, String type, boolean field) {
    return switch (conflict) {
      case "type" -> DifferenceKind.TYPE;
      case "lack_target" -> field ? missing(type) : DifferenceKind.MISSING;
      case "lack_source" -> field ? extra(type) : DifferenceKind.EXTRA;
      case "value" -> field ? changed(type) : whole(type);
      default -> DifferenceKind.UNKNOWN;
    };
  }

  private static DifferenceKind missing(String type) {
    return switch (type) {
      case "set", "zset" -> DifferenceKind.MEMBER_MISSING;
      case "list" -> DifferenceKind.ELEMENT;
      case "stream" -> DifferenceKind.ENTRY_MISSING;
      default -> DifferenceKind.FIELD_MISSING;
    };
  }

  private static DifferenceKind extra(String type) {
    return switch (type) {
      case "set", "zset" -> DifferenceKind.MEMBER_EXTRA;
      case "list" -> DifferenceKind.ELEMENT;
      case "stream" -> DifferenceKind.ENTRY_EXTRA;
      default -> DifferenceKind.FIELD_EXTRA;
    };
  }

  private static DifferenceKind changed(String type) {
    return switch (type) {
      case "zset" -> DifferenceKind.SCORE;
      case "list" -> DifferenceKind.ELEMENT;
      case "stream" -> DifferenceKind.ENTRY_VALUE;
      default -> DifferenceKind.FIELD_VALUE;
    };
  }

  /** Of a collection whose fields it did not look at, it knows the length. */
  private DifferenceKind whole(String type) {
    return mode == CheckMode.LENGTH || !(type.isEmpty() || type.equals("string"))
        ? DifferenceKind.LENGTH
        : DifferenceKind.VALUE;
  }

  private static String id(long database, String key) {
    return database + ":" + key;
  }

  private static String text(Object value) {
    return value == null ? "" : String.valueOf(value);
  }

  private static long number(Object value) {
    if (value instanceof Long number) {
      return number;
    }
    return value != null && String.valueOf(value).matches("-?[0-9]{1,18}")
        ? Long.parseLong(String.valueOf(value))
        : -1;
  }

  /** What is told of a key. */
  private record Known(String type, long sourceLength, long targetLength) {
    static final Known NOTHING = new Known("", -1, -1);
  }
}
