package io.cachesync.agent.fullcheck;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckMode;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.NamedKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
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

  /** More keys are not remembered; so many are listed at most. */
  private static final int REMEMBERED = 100_000;

  private final CheckMode mode;
  private final int round;
  private final long atMillis;
  private final int remembered;
  private final MessageDigest sha256 = sha256();
  private final Map<Long, Known> known = new HashMap<>();

  /** The rows of a key stand together: one that comes again much later counts once more. */
  private final Map<Long, Set<DifferenceKind>> latest =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Set<DifferenceKind>> eldest) {
          return size() > remembered;
        }
      };

  private final Map<DifferenceKind, Long> byKind = new EnumMap<>(DifferenceKind.class);
  private final Map<String, Long> byType = new TreeMap<>();
  private long keys;

  FullCheckResult(CheckMode mode, int round, long atMillis) {
    this(mode, round, atMillis, REMEMBERED);
  }

  /**
   * @param remembered of so many keys type and lengths are known, and that they were counted
   */
  FullCheckResult(CheckMode mode, int round, long atMillis, int remembered) {
    this.remembered = remembered;
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
    return keys;
  }

  Map<DifferenceKind, Long> byKind() {
    return Collections.unmodifiableMap(byKind);
  }

  Map<String, Long> byType() {
    return Collections.unmodifiableMap(byType);
  }

  private void remember(Map<String, Object> row) {
    if (known.size() < remembered) {
      known.put(
          id(number(row.get("db")), bytes(row.get("key"))),
          new Known(
              text(row.get("type")), number(row.get("source_len")), number(row.get("target_len"))));
    }
  }

  private CheckDifference difference(Map<String, Object> row) {
    long database = number(row.get("schema"));
    byte[] bytes = bytes(row.get("key"));
    NamedKey key = NamedKey.of((int) database, bytes);
    NamedKey field = NamedKey.of((int) database, bytes(row.get("extra")));
    boolean whole = field.key().isEmpty();
    long id = id(database, bytes);
    Known of = known.getOrDefault(id, Known.NOTHING);
    DifferenceKind kind = kind(text(row.get("inconsistenttype")), of.type(), !whole);
    count(id, kind, of.type());
    boolean lengths = whole && of.sourceLength() >= 0 && of.targetLength() >= 0;
    return new CheckDifference(
        (int) database,
        key.key(),
        key.keyBase64(),
        of.type(),
        kind,
        field.key(),
        field.keyBase64(),
        lengths ? String.valueOf(of.sourceLength()) : "",
        lengths ? String.valueOf(of.targetLength()) : "",
        atMillis,
        round,
        -1,
        0);
  }

  private void count(long id, DifferenceKind kind, String type) {
    Set<DifferenceKind> kinds = latest.get(id);
    if (kinds == null) {
      kinds = EnumSet.noneOf(DifferenceKind.class);
      latest.put(id, kinds);
      keys++;
      byType.merge(type.isEmpty() ? "?" : type, 1L, Long::sum);
    }
    if (kinds.add(kind)) {
      byKind.merge(kind, 1L, Long::sum);
    }
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

  /** Keys can be long: a hash of them stands for them. */
  private long id(long database, byte[] key) {
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(0, database));
    return ByteBuffer.wrap(sha256.digest(key)).getLong();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has it", e);
    }
  }

  private static byte[] bytes(Object value) {
    return value instanceof byte[] bytes ? bytes : text(value).getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Object value) {
    return SqliteFile.text(value);
  }

  private static long number(Object value) {
    if (value instanceof Long number) {
      return number;
    }
    String text = text(value);
    return text.matches("-?[0-9]{1,18}") ? Long.parseLong(text) : -1;
  }

  /** What is told of a key. */
  private record Known(String type, long sourceLength, long targetLength) {
    static final Known NOTHING = new Known("", -1, -1);
  }
}
