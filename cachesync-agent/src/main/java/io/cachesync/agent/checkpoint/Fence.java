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
      List<Client> others = new ArrayList<>();
      for (Client client : list(connection)) {
        if (client.name.startsWith(prefix) && !client.name.equals(ownName)) {
          others.add(client);
        }
      }
      if (others.isEmpty()) {
        return ended;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new RedisException(
            Fault.retryable(
                FaultCode.CONNECTION_TIMEOUT,
                connection + " still lists a former writer: " + others.get(0).name));
      }
      for (Client other : others) {
        ended += kill(connection, other);
      }
      // A client that another thread of the server serves is gone a moment after the reply.
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Whether the server lists a connection whose name begins with the prefix. */
  static boolean lists(RedisConnection connection, String prefix) throws RedisException {
    return list(connection).stream().anyMatch(client -> client.name.startsWith(prefix));
  }

  private static int kill(RedisConnection connection, Client client) throws RedisException {
    RespValue reply =
        client.id.isEmpty()
            ? connection.tryCall("CLIENT", "KILL", client.address)
            : connection.tryCall("CLIENT", "KILL", "ID", client.id);
    // "No such client" and 0 mean that it has just gone: the next list tells.
    if (reply.isError() && !reply.errorPrefix().equals("ERR")) {
      connection.successOf(reply);
    }
    return reply.isError() || reply.text().equals("0") ? 0 : 1;
  }

  private static List<Client> list(RedisConnection connection) throws RedisException {
    List<Client> clients = new ArrayList<>();
    for (String line : connection.call("CLIENT", "LIST").text().split("\n", -1)) {
      Client client = Client.parse(line);
      if (!client.name.isEmpty()) {
        clients.add(client);
      }
    }
    return clients;
  }

  /** A line of CLIENT LIST. The id is missing below 2.8.12. */
  private record Client(String id, String address, String name) {
    static Client parse(String line) {
      String id = "";
      String address = "";
      String name = "";
      for (String field : line.trim().split(" ")) {
        if (field.startsWith("id=")) {
          id = field.substring(3);
        } else if (field.startsWith("addr=")) {
          address = field.substring(5);
        } else if (field.startsWith("name=")) {
          name = field.substring(5);
        }
      }
      return new Client(id, address, name);
    }
  }
}
