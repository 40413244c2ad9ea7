package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.util.List;

/** Small transactions on our own keys, one reply at a time. */
final class Transactions {
  private Transactions() {}

  /**
   * Runs the commands as one, after a WATCH that the caller has set.
   *
   * @return false when something watched has changed: nothing was done then
   */
  static boolean execute(RedisConnection connection, List<String[]> commands)
      throws RedisException {
    connection.call("MULTI");
    try {
      for (String[] command : commands) {
        connection.call(command);
      }
    } catch (RedisException e) {
      // Who tidies up on this connection must not find itself inside what was refused.
      if (!connection.isClosed()) {
        connection.tryCall("DISCARD");
      }
      throw e;
    }
    RespValue replies = connection.call("EXEC");
    if (replies.isNull()) {
      return false;
    }
    for (RespValue reply : replies.elements()) {
      connection.successOf(reply);
    }
    if (replies.elements().size() != commands.size()) {
      throw new RedisException(
          Fault.fatal(
              FaultCode.PROTOCOL_ERROR,
              connection + " executed " + replies.elements().size() + " of " + commands.size()));
    }
    return true;
  }
}
