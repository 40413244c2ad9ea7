package io.cachesync.agent.source;

import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.io.Closeable;
import java.util.List;

/**
 * Tells which keys a hash slot holds at an offset of its master's stream, on a connection of its
 * own:
 *
 * <pre>MULTI · CLUSTER GETKEYSINSLOT slot n · INFO replication · EXEC</pre>
 *
 * For one thread.
 */
public final class SlotKeys implements Closeable {
  /** Beyond what was counted, for what is written meanwhile. */
  private static final int SPARE = 100;

  private final RedisConnection connection;
  private final boolean hasReplId;

  private SlotKeys(RedisConnection connection, boolean hasReplId) {
    this.connection = connection;
    this.hasReplId = hasReplId;
  }

  public static SlotKeys of(RedisClient client) throws RedisException {
    RedisConnection connection = client.connect();
    try {
      return new SlotKeys(connection, connection.info().version().atLeast(4, 0));
    } catch (RedisException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * What was found.
   *
   * @param offset commands up to here are contained, later ones are not
   */
  public record Found(String replId, long offset, List<byte[]> keys) {}

  public Found read(int slot) throws RedisException {
    String number = Integer.toString(slot);
    while (true) {
      int counted = Integer.parseInt(connection.call("CLUSTER", "COUNTKEYSINSLOT", number).text());
      Found found = read(number, counted + SPARE);
      if (found.keys().size() < counted + SPARE) {
        return found;
      }
    }
  }

  private Found read(String slot, int most) throws RedisException {
    connection.call("MULTI");
    connection.call("CLUSTER", "GETKEYSINSLOT", slot, Integer.toString(most));
    // Below 4.0 the history has the name of the server, which stands in another section.
    if (hasReplId) {
      connection.call("INFO", "replication");
    } else {
      connection.call("INFO");
    }
    RespValue replies = connection.call("EXEC");
    if (replies.isNull() || replies.elements().size() != 2) {
      throw new RedisException(
          Fault.retryable(FaultCode.PROTOCOL_ERROR, connection + " did not tell of slot " + slot));
    }
    RespValue keys = connection.successOf(replies.elements().get(0));
    ServerInfo info = ServerInfo.parse(connection.successOf(replies.elements().get(1)).text());
    return new Found(
        info.replId(), info.replOffset(), keys.elements().stream().map(RespValue::bytes).toList());
  }

  @Override
  public void close() {
    connection.close();
  }
}
