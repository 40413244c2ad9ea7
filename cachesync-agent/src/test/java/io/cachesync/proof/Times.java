package io.cachesync.proof;

import io.cachesync.testkit.DatasetComparer.Naming;
import io.cachesync.testkit.DatasetComparer.Place;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.RespError;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When the keys of servers expire, and the fields of its hashes, read while they do: Unix time in
 * milliseconds, of that server's clock, or {@link #NEVER}.
 *
 * @param at one entry for each key and field
 * @param readMillis when it was read
 */
record Times(Map<Name, Long> at, long readMillis) {
  static final long NEVER = -1;

  /**
   * @param field null for the key itself
   */
  record Name(int database, String key, String field) {
    @Override
    public String toString() {
      return "db %d %s%s".formatted(database, key, field == null ? "" : " field " + field);
    }
  }

  static Times read(List<RedisServer> servers, int databases, boolean fields) {
    Map<Name, Long> at = new HashMap<>();
    long now = System.currentTimeMillis();
    for (RedisServer server : servers) {
      read(server, databases, fields, at);
    }
    return new Times(at, now);
  }

  private static void read(RedisServer server, int databases, boolean fields, Map<Name, Long> at) {
    try (RespClient client = server.client()) {
      for (int database = 0; database < databases; database++) {
        if (databases > 1) {
          client.call("SELECT", Integer.toString(database));
        }
        List<String> keys =
            client.list("KEYS", "*").stream()
                .map(String.class::cast)
                .filter(key -> !key.startsWith("cachesync:"))
                .toList();
        if (server.version().atLeast(ServerVersion.V7_0)) {
          readTimes(client, database, keys, at);
        } else {
          readTimesLeft(client, database, keys, at);
        }
        if (fields) {
          readFields(client, database, keys, at);
        }
      }
    }
  }

  /** What the source has set, and how far the target is from it. */
  List<String> compare(Times target, Naming naming, long graceMillis, long toleranceMillis) {
    List<String> differences = new ArrayList<>();
    at.forEach(
        (name, expected) -> {
          Place place = naming.of(new Place(name.database, name.key), "");
          Long found =
              place == null
                  ? null
                  : target.at.get(new Name(place.database(), place.key(), name.field));
          // What ends about now may have ended on one side; the contents tell whether rightly.
          boolean lives = expected == NEVER || expected > target.readMillis + 300;
          if (found == null || !lives) {
            return;
          }
          // Fields come without a grace out of a snapshot.
          long least = name.field == null ? expected + graceMillis : expected;
          boolean same =
              expected == NEVER || found == NEVER
                  ? expected.equals(found)
                  : found >= least - toleranceMillis
                      && found <= expected + graceMillis + toleranceMillis;
          if (!same) {
            differences.add(
                "%s expires: source %d, target %d (%+d)"
                    .formatted(name, expected, found, found - expected));
          }
        });
    return differences;
  }

  /** Gives everything that has a time a far one, so that nothing more ends while it is compared. */
  void extend(RedisServer server) {
    try (RespClient client = server.client()) {
      at.forEach(
          (name, millis) -> {
            if (millis == NEVER) {
              return;
            }
            client.call("SELECT", Integer.toString(name.database));
            if (name.field == null) {
              client.call("PEXPIRE", name.key, "7200000");
            } else {
              // It may have become another type or be gone.
              client.send("HPEXPIRE", name.key, "7200000", "FIELDS", "1", name.field);
              client.read();
            }
          });
    }
  }

  private static void readTimes(
      RespClient client, int database, List<String> keys, Map<Name, Long> at) {
    List<String[]> asks = new ArrayList<>();
    keys.forEach(key -> asks.add(new String[] {"PEXPIRETIME", key}));
    List<Object> replies = client.pipeline(asks);
    for (int i = 0; i < keys.size(); i++) {
      long time = (Long) replies.get(i);
      if (time != -2) {
        at.put(new Name(database, keys.get(i), null), time == -1 ? NEVER : time);
      }
    }
  }

  private static void readTimesLeft(
      RespClient client, int database, List<String> keys, Map<Name, Long> at) {
    List<String[]> asks = new ArrayList<>();
    asks.add(new String[] {"MULTI"});
    asks.add(new String[] {"TIME"});
    keys.forEach(key -> asks.add(new String[] {"PTTL", key}));
    asks.add(new String[] {"EXEC"});
    List<Object> replies = client.pipeline(asks);
    List<?> values = (List<?>) replies.get(replies.size() - 1);
    List<?> time = (List<?>) values.get(0);
    long now =
        Long.parseLong((String) time.get(0)) * 1000 + Long.parseLong((String) time.get(1)) / 1000;
    for (int i = 0; i < keys.size(); i++) {
      long left = (Long) values.get(i + 1);
      if (left != -2) {
        at.put(new Name(database, keys.get(i), null), left == -1 ? NEVER : now + left);
      }
    }
  }

  private static void readFields(
      RespClient client, int database, List<String> keys, Map<Name, Long> at) {
    for (String key : keys) {
      client.send("HKEYS", key);
      if (!(client.read() instanceof List<?> fields) || fields.isEmpty()) {
        continue;
      }
      List<String> ask =
          new ArrayList<>(List.of("HPEXPIRETIME", key, "FIELDS", Integer.toString(fields.size())));
      fields.forEach(field -> ask.add((String) field));
      client.send(ask.toArray(String[]::new));
      Object reply = client.read();
      if (reply instanceof RespError || !(reply instanceof List<?> times)) {
        continue;
      }
      for (int i = 0; i < fields.size(); i++) {
        long time = (Long) times.get(i);
        if (time != -2) {
          at.put(new Name(database, key, (String) fields.get(i)), time == -1 ? NEVER : time);
        }
      }
    }
  }
}
