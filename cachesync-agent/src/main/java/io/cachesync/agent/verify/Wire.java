package io.cachesync.agent.verify;

import io.cachesync.agent.redis.ClusterMap;
import io.cachesync.agent.redis.ClusterNode;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.agent.resp.RespWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * One thread's connections to a side: commands go to the master of their key, replies come in the
 * order of the commands of each master. After a failure {@link #close()} makes it begin anew.
 */
final class Wire implements Closeable {
  private final Side side;
  private final Map<HostAndPort, Node> nodes = new HashMap<>();
  private ClusterMap map;
  private Node only;
  private int database;
  private long commands;
  private long bytes;

  Wire(Side side) {
    this.side = side;
  }

  Side side() {
    return side;
  }

  /** Commands are of this database from now on; nothing may be under way. */
  void select(int newDatabase) throws RedisException {
    database = newDatabase;
    if (only != null) {
      only.select(newDatabase);
    }
  }

  /** The server that has a key. */
  Node at(byte[] key) throws RedisException {
    if (!side.isCluster()) {
      if (only == null) {
        only = Node.of(side.client().connect(), false, side.features());
        only.select(database);
      }
      return only;
    }
    if (map == null) {
      map = side.map();
    }
    ClusterNode owner = map.owner(HashSlot.of(key));
    Node node = nodes.get(owner.address());
    if (node == null) {
      node = Node.of(side.client().connect(owner.address()), true, side.features());
      nodes.put(owner.address(), node);
    }
    return node;
  }

  /** Of the servers that were asked so far, the clock that is furthest ahead of ours. */
  long mostSkewMillis() {
    return only != null
        ? only.skewMillis()
        : nodes.values().stream().mapToLong(Node::skewMillis).max().orElse(0);
  }

  /** Where a command on a key is built; {@link #flush} sends it. */
  RespWriter to(byte[] key) throws RedisException {
    commands++;
    return at(key).connection().out();
  }

  /** Where so many commands are built, at the server that has a key. */
  RespWriter to(byte[] key, int count) throws RedisException {
    commands += count;
    return at(key).connection().out();
  }

  /** Sends everything, as fast as the side's limits let. */
  void flush() throws IOException {
    long wait = side.count(commands, bytes);
    commands = 0;
    bytes = 0;
    if (wait > 0) {
      pause(wait);
    }
    if (only != null) {
      only.connection().flush();
      return;
    }
    for (Node node : nodes.values()) {
      if (!node.connection().out().isEmpty()) {
        node.connection().flush();
      }
    }
  }

  /** The next reply of the server that has a key; an error is returned. */
  RespValue read(byte[] key) throws RedisException {
    RespValue reply = at(key).connection().read();
    bytes += size(reply);
    return reply;
  }

  /** Bytes that were read past {@link #read}. */
  void countBytes(long more) {
    bytes += more;
  }

  /** Ends all connections; the next use opens them again, by a new map of the cluster. */
  @Override
  public void close() {
    nodes.values().forEach(Node::close);
    nodes.clear();
    map = null;
    if (only != null) {
      only.close();
      only = null;
    }
  }

  private static void pause(long millis) throws InterruptedIOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while it waited for its rate");
    }
  }

  private static long size(RespValue reply) {
    if (!reply.isArray()) {
      return reply.bytes().length + 4L;
    }
    long sum = 4;
    for (RespValue element : reply.elements()) {
      sum += size(element);
    }
    return sum;
  }
}
