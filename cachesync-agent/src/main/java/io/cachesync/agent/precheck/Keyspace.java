package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.ServerInfo;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One database of a server, from INFO's keyspace section.
 *
 * @param expires keys with an expiry time
 * @param fieldExpires hashes with fields that have a time of their own (7.4 and later)
 * @param avgTtlMillis mean remaining life of these, 0 where the server has not measured it
 */
record Keyspace(long keys, long expires, long fieldExpires, long avgTtlMillis) {

  static SortedMap<Integer, Keyspace> of(ServerInfo info) {
    SortedMap<Integer, Keyspace> databases = new TreeMap<>();
    for (int database : info.keysPerDatabase().keySet()) {
      databases.put(database, parse(info.text("db" + database)));
    }
    return databases;
  }

  /** Of several servers together; the shortest of their mean lives, which must not be hidden. */
  static SortedMap<Integer, Keyspace> of(List<Server> servers) {
    SortedMap<Integer, Keyspace> all = new TreeMap<>();
    for (Server server : servers) {
      of(server.info())
          .forEach((database, keyspace) -> all.merge(database, keyspace, Keyspace::and));
    }
    return all;
  }

  private Keyspace and(Keyspace other) {
    long avgTtl = expires == 0 ? other.avgTtlMillis : avgTtlMillis;
    if (expires > 0 && other.expires > 0) {
      avgTtl = Math.min(avgTtlMillis, other.avgTtlMillis);
    }
    return new Keyspace(
        keys + other.keys, expires + other.expires, fieldExpires + other.fieldExpires, avgTtl);
  }

  /** Reads {@code keys=1,expires=0,avg_ttl=0}. */
  private static Keyspace parse(String value) {
    long keys = 0;
    long expires = 0;
    long fieldExpires = 0;
    long avgTtl = 0;
    for (String part : value.split(",", -1)) {
      int equals = part.indexOf('=');
      String number = part.substring(equals + 1);
      switch (part.substring(0, Math.max(0, equals))) {
        case "keys" -> keys = Long.parseLong(number);
        case "expires" -> expires = Long.parseLong(number);
        // So says Redis, and so Valkey.
        case "subexpiry", "keys_with_volatile_items" -> fieldExpires = Long.parseLong(number);
        case "avg_ttl" -> avgTtl = Long.parseLong(number);
        default -> {}
      }
    }
    return new Keyspace(keys, expires, fieldExpires, avgTtl);
  }
}
