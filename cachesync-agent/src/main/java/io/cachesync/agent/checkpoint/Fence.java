package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends every other connection of a job at a target, so that what was read of its data afterwards is
 * final: bytes of a former writer that still wait in the server's socket are lost with it.
 */
final class Fence {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final long PAUSE_NANOS = 5_000_000;

  private Fence() {}

  /**
   * Returns once the server lists no connection whose name begins with the prefix but ours.
   *
   * @return how many were ended
   */
  static int endOthers(RedisConnection connection, String prefix, String ownName)
      throws RedisException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    int ended = 0;
    while (true) {
      List<Writer> others = new ArrayList<>(Writer.listed(connection, prefix));
      others.removeIf(writer -> writer.name().equals(ownName));
      if (others.isEmpty()) {
        return ended;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new RedisException(
            Fault.retryable(
                FaultCode.CONNECTION_TIMEOUT,
                connection + " still lists a former writer: " + others.get(0).name()));
      }
      for (Writer other : others) {
        ended += kill(connection, other);
      }
      // A client that another thread of the server serves is gone a moment after the reply.
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Whether the server lists a connection whose name begins with the prefix. */
  static boolean lists(RedisConnection connection, String prefix) throws RedisException {
    return !Writer.listed(connection, prefix).isEmpty();
  }

  private static int kill(RedisConnection connection, Writer writer) throws RedisException {
    RespValue reply =
        writer.id().isEmpty()
            ? connection.tryCall("CLIENT", "KILL", writer.address())
            : connection.tryCall("CLIENT", "KILL", "ID", writer.id());
    // "No such client" and 0 mean that it has just gone: the next list tells.
    if (reply.isError() && !reply.errorPrefix().equals("ERR")) {
      connection.successOf(reply);
    }
    return reply.isError() || reply.text().equals("0") ? 0 : 1;
  }
}
