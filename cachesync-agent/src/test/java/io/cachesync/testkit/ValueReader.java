package io.cachesync.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads keys as facets by name: {@code type}, {@code ttl}, {@code value}, and what only some types
 * or versions have. A facet that a server cannot tell is absent.
 */
final class ValueReader {
  static final String TTL = "ttl";
  static final String FIELD_EXPIRY = "field expiry";

  private static final String[] LARGEST_COUNT = {"-", "+", "1000000"};

  private ValueReader() {}

  /** Every key of the selected database. */
  static List<String> keys(RespClient client) {
    List<String> keys = new ArrayList<>();
    String cursor = "0";
    do {
      List<Object> reply = client.list("SCAN", cursor, "COUNT", "1000");
      cursor = (String) reply.get(0);
      ((List<?>) reply.get(1)).forEach(key -> keys.add((String) key));
    } while (!cursor.equals("0"));
    return keys;
  }

  static List<SortedMap<String, Object>> read(RespClient client, List<String> keys) {
    List<String[]> asks = new ArrayList<>();
    for (String key : keys) {
      asks.add(new String[] {"TYPE", key});
      asks.add(new String[] {"PTTL", key});
    }
    List<Object> answers = client.pipeline(asks);
    long nowMillis = System.currentTimeMillis();
    asks.clear();
    List<SortedMap<String, Object>> values = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      SortedMap<String, Object> facets = new TreeMap<>();
      facets.put("type", answers.get(2 * i));
      facets.put(TTL, expireAt((Long) answers.get(2 * i + 1), nowMillis));
      values.add(facets);
      asks.add(readCommand((String) answers.get(2 * i), keys.get(i)));
    }
    List<Object> contents = client.pipeline(asks);
    for (int i = 0; i < keys.size(); i++) {
      addContent(client, keys.get(i), values.get(i), contents.get(i));
    }
    return values;
  }

  /** A point in time, so that it does not matter when the other side is read. */
  private static Long expireAt(long ttlMillis, long nowMillis) {
    return ttlMillis < 0 ? ttlMillis : nowMillis + ttlMillis;
  }

  /** A copy in which the order of replies that have none is made one. */
  static List<String> sorted(Object reply) {
    return ((List<?>) reply).stream().map(ValueReader::canonical).sorted().toList();
  }

  private static String[] readCommand(String type, String key) {
    return switch (type) {
      case "string" -> new String[] {"GET", key};
      case "list" -> new String[] {"LRANGE", key, "0", "-1"};
      case "set" -> new String[] {"SMEMBERS", key};
      case "hash" -> new String[] {"HGETALL", key};
      case "zset" -> new String[] {"ZRANGE", key, "0", "-1", "WITHSCORES"};
      case "stream" -> new String[] {"XRANGE", key, "-", "+"};
      case "none" -> new String[] {"EXISTS", key};
      default -> throw new AssertionError("a type that the comparer does not know: " + type);
    };
  }

  private static void addContent(
      RespClient client, String key, Map<String, Object> facets, Object content) {
    if (content instanceof RespError error) {
      throw error;
    }
    switch ((String) facets.get("type")) {
      case "set" -> facets.put("value", sorted(content));
      case "hash" -> {
        facets.put("value", pairs(content));
        addFieldExpiry(client, key, facets);
      }
      case "zset" -> facets.put("value", scores(content));
      case "stream" -> {
        facets.put("value", canonical(content));
        addStream(client, key, facets);
      }
      default -> facets.put("value", content);
    }
  }

  /** Fields with an expiry of their own (7.4). */
  private static void addFieldExpiry(RespClient client, String key, Map<String, Object> facets) {
    List<String> fields =
        ((SortedMap<?, ?>) facets.get("value")).keySet().stream().map(Object::toString).toList();
    if (fields.isEmpty()) {
      return;
    }
    List<String> ask =
        new ArrayList<>(List.of("HPEXPIRETIME", key, "FIELDS", Integer.toString(fields.size())));
    ask.addAll(fields);
    List<Object> replies = client.pipeline(List.<String[]>of(ask.toArray(String[]::new)));
    if (replies.get(0) instanceof RespError) {
      return;
    }
    facets.put(FIELD_EXPIRY, replies.get(0));
  }

  private static void addStream(RespClient client, String key, Map<String, Object> facets) {
    Map<String, Object> info = pairs(client.call("XINFO", "STREAM", key));
    for (String name : List.of("last-generated-id", "entries-added", "max-deleted-entry-id")) {
      if (info.containsKey(name)) {
        facets.put(name, info.get(name));
      }
    }
    List<String> groups = new ArrayList<>();
    List<String> pending = new ArrayList<>();
    List<String> consumers = new ArrayList<>();
    for (Object group : client.list("XINFO", "GROUPS", key)) {
      Map<String, Object> fields = pairs(group);
      String name = (String) fields.get("name");
      groups.add(name + " at " + fields.get("last-delivered-id"));
      for (Object entry : client.list(concat("XPENDING", key, name, LARGEST_COUNT))) {
        List<?> columns = (List<?>) entry;
        pending.add(name + ' ' + columns.get(0) + ' ' + columns.get(1) + " x" + columns.get(3));
      }
      for (Object consumer : client.list("XINFO", "CONSUMERS", key, name)) {
        Map<String, Object> columns = pairs(consumer);
        // A consumer that was given nothing yet is not told to replicas (seen on 7.4).
        if (!columns.get("pending").equals(0L)) {
          consumers.add(name + ' ' + columns.get("name") + ' ' + columns.get("pending"));
        }
      }
    }
    groups.sort(null);
    consumers.sort(null);
    facets.put("groups", groups);
    facets.put("pending", pending);
    facets.put("consumers", consumers);
  }

  private static String[] concat(String first, String second, String third, String[] rest) {
    List<String> all = new ArrayList<>(List.of(first, second, third));
    all.addAll(Arrays.asList(rest));
    return all.toArray(String[]::new);
  }

  private static SortedMap<String, Object> pairs(Object reply) {
    SortedMap<String, Object> pairs = new TreeMap<>();
    List<?> flat = (List<?>) reply;
    for (int i = 0; i < flat.size(); i += 2) {
      pairs.put((String) flat.get(i), flat.get(i + 1));
    }
    return pairs;
  }

  /** Member to score as a number: versions print the same score differently. */
  private static SortedMap<String, Object> scores(Object reply) {
    SortedMap<String, Object> scores = pairs(reply);
    scores.replaceAll(
        (member, score) ->
            switch ((String) score) {
              case "inf" -> Double.POSITIVE_INFINITY;
              case "-inf" -> Double.NEGATIVE_INFINITY;
              default -> Double.valueOf((String) score);
            });
    return scores;
  }

  private static String canonical(Object reply) {
    return String.valueOf(reply);
  }
}
