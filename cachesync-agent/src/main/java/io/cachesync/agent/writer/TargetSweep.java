package io.cachesync.agent.writer;

import io.cachesync.agent.redis.FunctionNames;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.ServerVersion;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.agent.resp.RespWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * Removes from one server what a former full sync has left and what does not stay. On the
 * connection of the writer, which ends with its epoch: nobody who was passed over removes anything.
 */
final class TargetSweep {
  private static final String KEYS_AT_ONCE = "5000";

  private final RedisConnection connection;
  private final FormerKeys former;
  private final ServerVersion version;

  TargetSweep(RedisConnection connection, FormerKeys former, ServerVersion version) {
    this.connection = connection;
    this.former = former;
    this.version = version;
  }

  /** A key that was there all the while is never passed over by SCAN. */
  void run(int database) throws IOException, InterruptedException {
    connection.call("SELECT", Integer.toString(database));
    String cursor = "0";
    do {
      List<RespValue> page = connection.call("SCAN", cursor, "COUNT", KEYS_AT_ONCE).elements();
      cursor = page.get(0).text();
      List<byte[]> keys = new ArrayList<>();
      page.get(1).elements().forEach(key -> keys.add(key.bytes()));
      if (!keys.isEmpty()) {
        remove(keys, former.staying(database, keys));
      }
    } while (!cursor.equals("0"));
  }

  /** A library that cannot be removed stays, as it would if nobody looked. */
  void libraries(Set<String> staying) throws IOException {
    if (!version.atLeast(7, 0)) {
      return;
    }
    for (String library : FunctionNames.read(connection).orElse(Set.of())) {
      if (!staying.contains(library)) {
        connection.tryCall("FUNCTION", "DELETE", library);
      }
    }
  }

  private void remove(List<byte[]> keys, BitSet staying) throws IOException {
    RespWriter out = connection.out();
    String word = version.atLeast(4, 0) ? "UNLINK" : "DEL";
    int sent = 0;
    for (int i = staying.nextClearBit(0); i < keys.size(); i = staying.nextClearBit(i + 1)) {
      out.begin(2).arg(word).arg(keys.get(i));
      sent++;
    }
    connection.flush();
    for (int i = 0; i < sent; i++) {
      connection.successOf(connection.read());
    }
  }
}
