package io.cachesync.agent.repair;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes keys of one database in one transaction; where they are watched, only if nobody has
 * written one of them since.
 *
 * <pre>SELECT d · WATCH k …      (what is there is read, and kept)      MULTI · … · EXEC</pre>
 */
final class KeyTransaction {
  private final RedisConnection connection;
  private final RespWriter commands = new RespWriter();
  private final List<DatabaseKey> keys = new ArrayList<>();
  private final List<Integer> counts = new ArrayList<>();

  private KeyTransaction(RedisConnection connection) {
    this.connection = connection;
  }

  /** Whatever anybody else writes. */
  static KeyTransaction at(RedisConnection connection, int database) throws RedisException {
    connection.call("SELECT", Integer.toString(database));
    return new KeyTransaction(connection);
  }

  /** Unless somebody writes one of these from here on. */
  static KeyTransaction watch(RedisConnection connection, List<DatabaseKey> keys)
      throws RedisException {
    connection.call("SELECT", Integer.toString(keys.get(0).database()));
    byte[][] words = new byte[keys.size() + 1][];
    words[0] = new byte[] {'W', 'A', 'T', 'C', 'H'};
    for (int i = 0; i < keys.size(); i++) {
      words[i + 1] = keys.get(i).key();
    }
    connection.call(words);
    return new KeyTransaction(connection);
  }

  /** Where the commands of a key are put; {@link #add} must follow, or {@link #drop}. */
  RespWriter out() {
    return commands;
  }

  void add(DatabaseKey key, int count) {
    keys.add(key);
    counts.add(count);
  }

  /** Nothing of what was put since the last {@link #add} is sent. */
  void drop(int length) {
    commands.truncate(length);
  }

  int length() {
    return commands.length();
  }

  void giveUp() throws RedisException {
    connection.call("UNWATCH");
  }

  /**
   * Sends it.
   *
   * @return what the target refused, by key; null where nothing was done, since somebody else has
   *     written
   */
  Map<DatabaseKey, NotRepaired> execute() throws RedisException {
    if (keys.isEmpty()) {
      giveUp();
      return Map.of();
    }
    RespWriter out = connection.out();
    out.command("MULTI");
    out.raw(commands.buffer(), 0, commands.length());
    out.command("EXEC");
    connection.flush();
    int all = counts.stream().mapToInt(Integer::intValue).sum();
    RespValue refused = null;
    for (int i = 0; i <= all; i++) {
      RespValue reply = connection.read();
      refused = refused == null && reply.isError() ? reply : refused;
    }
    RespValue replies = connection.read();
    if (refused != null) {
      connection.successOf(refused);
    }
    if (connection.successOf(replies).isNull()) {
      return null;
    }
    if (replies.elements().size() != all) {
      throw new RedisException(
          Fault.retryable(
              FaultCode.PROTOCOL_ERROR,
              connection + " executed " + replies.elements().size() + " of " + all));
    }
    return errors(replies);
  }

  private Map<DatabaseKey, NotRepaired> errors(RespValue replies) {
    Map<DatabaseKey, NotRepaired> errors = new HashMap<>();
    int at = 0;
    for (int i = 0; i < keys.size(); i++) {
      for (int n = 0; n < counts.get(i); n++, at++) {
        RespValue reply = replies.elements().get(at);
        if (reply.isError()) {
          errors.putIfAbsent(
              keys.get(i),
              counts.get(i) > 1
                  ? NotRepaired.refusedInPart(reply.text())
                  : NotRepaired.refused(reply.text()));
        }
      }
    }
    return errors;
  }
}
