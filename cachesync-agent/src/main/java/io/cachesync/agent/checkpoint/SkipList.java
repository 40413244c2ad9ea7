package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.agent.resp.RespWriter;
import java.util.List;
import java.util.function.Consumer;

/**
 * The keys, by their names at the source, that a link leaves alone because the target had them: a
 * set of {@code s:DATABASE:KEY} at the target. Written when the full sync is done, and added to
 * where a link is given hash slots of another.
 */
final class SkipList {
  private static final int AT_ONCE = 1000;
  private static final char KIND = 's';

  private SkipList() {}

  /** The connection has the database of the key selected. */
  static void write(RedisConnection connection, String name, List<DatabaseKey> keys)
      throws RedisException {
    connection.call("DEL", name);
    add(connection, name, keys);
  }

  static void add(RedisConnection connection, String name, List<DatabaseKey> keys)
      throws RedisException {
    for (int from = 0; from < keys.size(); from += AT_ONCE) {
      List<DatabaseKey> some = keys.subList(from, Math.min(keys.size(), from + AT_ONCE));
      RespWriter out = connection.out().begin(2 + some.size()).arg("SADD").arg(name);
      some.forEach(key -> out.arg(key.field(KIND)));
      connection.flush();
      connection.successOf(connection.read());
    }
  }

  static void read(RedisConnection connection, String name, Consumer<DatabaseKey> into)
      throws RedisException {
    String cursor = "0";
    do {
      List<RespValue> page =
          connection.call("SSCAN", name, cursor, "COUNT", Integer.toString(AT_ONCE)).elements();
      cursor = page.get(0).text();
      try {
        page.get(1).elements().forEach(field -> into.accept(DatabaseKey.ofField(field.bytes())));
      } catch (IllegalArgumentException e) {
        throw HeldEpoch.mismatch(connection, "the key " + name + " is unreadable");
      }
    } while (!cursor.equals("0"));
  }
}
