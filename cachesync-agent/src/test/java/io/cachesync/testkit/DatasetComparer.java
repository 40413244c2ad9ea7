package io.cachesync.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares two servers key by key with ordinary read commands, sharing no code with the agent. The
 * agent's own keys are left out. Differences come as sentences; none means equal.
 */
public final class DatasetComparer {
  private static final int MAX_DIFFERENCES = 50;
  private static final int BATCH = 200;

  private final DatasetReader source;
  private final DatasetReader target;
  private final Duration ttlTolerance;
  private final List<String> differences = new ArrayList<>();

  private DatasetComparer(DatasetReader source, DatasetReader target, Duration ttlTolerance) {
    this.source = source;
    this.target = target;
    this.ttlTolerance = ttlTolerance;
  }

  /** Compares everything with a tolerance of five seconds for times to live. */
  public static List<String> compare(RedisServer source, RedisServer target) {
    return compare(source, target, Duration.ofSeconds(5));
  }

  public static List<String> compare(
      RedisServer source, RedisServer target, Duration ttlTolerance) {
    try (RespClient from = source.client();
        RespClient to = target.client()) {
      DatasetComparer comparer =
          new DatasetComparer(DatasetReader.of(from), DatasetReader.of(to), ttlTolerance);
      comparer.compareDatabases();
      if (source.version().atLeast(ServerVersion.V7_0)
          && target.version().atLeast(ServerVersion.V7_0)) {
        comparer.compareFunctions(from, to);
      }
      return List.copyOf(comparer.differences);
    }
  }

  /** Compares database 0 with a cluster, each key as its slot's master has it. */
  public static List<String> compare(RedisServer source, ClusterServers target) {
    try (RespClient from = source.client();
        DatasetReader to = DatasetReader.of(target)) {
      return compare(DatasetReader.of(from), to);
    }
  }

  /** As above, the other way round. */
  public static List<String> compare(ClusterServers source, RedisServer target) {
    try (DatasetReader from = DatasetReader.of(source);
        RespClient to = target.client()) {
      return compare(from, DatasetReader.of(to));
    }
  }

  /** As above between two clusters. */
  public static List<String> compare(ClusterServers source, ClusterServers target) {
    try (DatasetReader from = DatasetReader.of(source);
        DatasetReader to = DatasetReader.of(target)) {
      return compare(from, to);
    }
  }

  /** Compares what several servers hold together, in all databases, with one. */
  public static List<String> compareUnion(List<RedisServer> sources, RedisServer target) {
    List<RespClient> from = sources.stream().map(RedisServer::client).toList();
    try (RespClient to = target.client()) {
      DatasetComparer comparer =
          new DatasetComparer(union(from), DatasetReader.of(to), Duration.ofSeconds(5));
      comparer.compareDatabases();
      return List.copyOf(comparer.differences);
    } finally {
      from.forEach(RespClient::close);
    }
  }

  /** As above, database 0 with a cluster. */
  public static List<String> compareUnion(List<RedisServer> sources, ClusterServers target) {
    List<RespClient> from = sources.stream().map(RedisServer::client).toList();
    try (DatasetReader to = DatasetReader.of(target)) {
      return compare(union(from), to);
    } finally {
      from.forEach(RespClient::close);
    }
  }

  private static DatasetReader union(List<RespClient> clients) {
    return DatasetReader.of(clients.stream().map(DatasetReader::of).toList());
  }

  /** What a key of the source should be called at the target. */
  @FunctionalInterface
  public interface Naming {
    /**
     * @param type as TYPE tells it
     * @return null where it should not be there
     */
    Place of(Place key, String type);
  }

  /** A key and its database. */
  public record Place(int database, String key) {}

  /** Compares a source with a target that should hold a part of it, under other names. */
  public static List<String> compare(RedisServer source, RedisServer target, Naming naming) {
    try (RespClient from = source.client();
        RespClient to = target.client()) {
      return compare(from, DatasetReader.of(from), DatasetReader.of(to), naming);
    }
  }

  /** As above with a cluster. */
  public static List<String> compare(RedisServer source, ClusterServers target, Naming naming) {
    try (RespClient from = source.client();
        DatasetReader to = DatasetReader.of(target)) {
      return compare(from, DatasetReader.of(from), to, naming);
    }
  }

  private static List<String> compare(
      RespClient from, DatasetReader source, DatasetReader target, Naming naming) {
    DatasetComparer comparer = new DatasetComparer(source, target, Duration.ofSeconds(10));
    SortedMap<Integer, SortedMap<String, SortedMap<String, Object>>> expected = new TreeMap<>();
    for (int database : source.databases()) {
      List<String> keys = source.keys(database);
      List<SortedMap<String, Object>> values = source.read(keys);
      for (int i = 0; i < keys.size(); i++) {
        String type = from.text("TYPE", keys.get(i));
        Place place = naming.of(new Place(database, keys.get(i)), type);
        if (place != null) {
          expected
              .computeIfAbsent(place.database, none -> new TreeMap<>())
              .put(place.key, values.get(i));
        }
      }
    }
    target.databases().forEach(database -> expected.putIfAbsent(database, new TreeMap<>()));
    expected.forEach(comparer::compareExpected);
    return List.copyOf(comparer.differences);
  }

  private void compareExpected(
      int database, SortedMap<String, SortedMap<String, Object>> expected) {
    SortedSet<String> found = new TreeSet<>(target.keys(database));
    found.removeIf(key -> key.startsWith("cachesync:"));
    for (String key : found) {
      if (!expected.containsKey(key)) {
        differences.add("db %d key %s should not be there".formatted(database, printable(key)));
      }
    }
    List<String> wanted = new ArrayList<>(expected.keySet());
    List<SortedMap<String, Object>> values = target.read(wanted);
    for (int i = 0; i < wanted.size(); i++) {
      String where = "db " + database + " key " + printable(wanted.get(i));
      if (!found.contains(wanted.get(i))) {
        differences.add(where + " is missing");
      } else {
        compareValue(where, expected.get(wanted.get(i)), values.get(i));
      }
    }
  }

  private static List<String> compare(DatasetReader source, DatasetReader target) {
    DatasetComparer comparer = new DatasetComparer(source, target, Duration.ofSeconds(5));
    comparer.compareDatabase(0);
    return List.copyOf(comparer.differences);
  }

  private void compareDatabases() {
    SortedSet<Integer> databases = new TreeSet<>(source.databases());
    databases.addAll(target.databases());
    for (int database : databases) {
      compareDatabase(database);
    }
  }

  private void compareDatabase(int database) {
    SortedSet<String> keys = new TreeSet<>(source.keys(database));
    keys.addAll(target.keys(database));
    keys.removeIf(key -> key.startsWith("cachesync:"));
    List<String> ordered = new ArrayList<>(keys);
    for (int start = 0;
        start < ordered.size() && differences.size() < MAX_DIFFERENCES;
        start += BATCH) {
      List<String> batch = ordered.subList(start, Math.min(start + BATCH, ordered.size()));
      compareBatch(database, batch);
    }
  }

  private void compareBatch(int database, List<String> keys) {
    List<SortedMap<String, Object>> left = source.read(keys);
    List<SortedMap<String, Object>> right = target.read(keys);
    for (int i = 0; i < keys.size(); i++) {
      compareValue("db " + database + " key " + printable(keys.get(i)), left.get(i), right.get(i));
    }
  }

  /** Compares the facets (type, value, expiry, groups …) that both versions can tell. */
  private void compareValue(String where, Map<String, Object> left, Map<String, Object> right) {
    SortedSet<String> facets = new TreeSet<>(left.keySet());
    facets.retainAll(right.keySet());
    for (String facet : facets) {
      Object here = left.get(facet);
      Object there = right.get(facet);
      boolean same =
          switch (facet) {
            case ValueReader.TTL -> sameTtl((Long) here, (Long) there);
            case ValueReader.FIELD_EXPIRY -> sameTtls((List<?>) here, (List<?>) there);
            default -> Objects.equals(here, there);
          };
      if (!same) {
        differences.add(
            "%s %s: source %s, target %s".formatted(where, facet, excerpt(here), excerpt(there)));
      }
    }
  }

  private boolean sameTtl(long here, long there) {
    if (here < 0 || there < 0) {
      return here == there;
    }
    return Math.abs(here - there) <= ttlTolerance.toMillis();
  }

  private boolean sameTtls(List<?> here, List<?> there) {
    if (here.size() != there.size()) {
      return false;
    }
    for (int i = 0; i < here.size(); i++) {
      if (!sameTtl((Long) here.get(i), (Long) there.get(i))) {
        return false;
      }
    }
    return true;
  }

  private void compareFunctions(RespClient from, RespClient to) {
    Object left = from.call("FUNCTION", "LIST", "WITHCODE");
    Object right = to.call("FUNCTION", "LIST", "WITHCODE");
    if (!ValueReader.sorted(left).equals(ValueReader.sorted(right))) {
      differences.add("functions: source %s, target %s".formatted(excerpt(left), excerpt(right)));
    }
  }

  static List<Integer> databases(RespClient client) {
    return client.info("keyspace").keySet().stream()
        .map(name -> Integer.valueOf(name.substring(2)))
        .toList();
  }

  private static String excerpt(Object value) {
    String text = printable(String.valueOf(value));
    return text.length() > 300 ? text.substring(0, 300) + "… (" + text.length() + ")" : text;
  }

  private static String printable(String text) {
    StringBuilder printable = new StringBuilder();
    for (char c : text.toCharArray()) {
      if (c >= ' ' && c < 127) {
        printable.append(c);
      } else {
        printable.append("\\x%02X".formatted((int) c));
      }
    }
    return printable.toString();
  }

  /** Asserts that both sides are equal, with the first differences in the message. */
  public static void assertEqual(RedisServer source, RedisServer target) {
    List<String> found = compare(source, target);
    if (!found.isEmpty()) {
      throw new AssertionError(
          found.size()
              + " differences:\n"
              + String.join("\n", Collections.unmodifiableList(found)));
    }
  }

  /** Keys per type, for checks that a dataset has everything in it. */
  public static Map<String, Long> types(RedisServer server) {
    Map<String, Long> types = new TreeMap<>();
    try (RespClient client = server.client()) {
      for (int database : databases(client)) {
        client.call("SELECT", Integer.toString(database));
        List<String> keys = ValueReader.keys(client);
        List<String[]> asks = new ArrayList<>();
        keys.forEach(key -> asks.add(new String[] {"TYPE", key}));
        client.pipeline(asks).forEach(type -> types.merge((String) type, 1L, Long::sum));
      }
    }
    return types;
  }
}
