package io.cachesync.agent.verify;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import java.io.Closeable;

/** A connection to one server, with what is to be known of it to read its answers. */
final class Node implements Closeable {
  private final RedisConnection connection;
  private final boolean isCluster;
  private final long skewMillis;
  private final long uncertainMillis;
  private int database;

  private Node(
      RedisConnection connection, boolean isCluster, long skewMillis, long uncertainMillis) {
    this.connection = connection;
    this.isCluster = isCluster;
    this.skewMillis = skewMillis;
    this.uncertainMillis = uncertainMillis;
  }

  /**
   * Takes a connection over.
   *
   * @param features of the server, or null where they are not known yet
   */
  static Node of(RedisConnection connection, boolean isCluster, Features features)
      throws RedisException {
    if (features != null && features.noTouch()) {
      connection.tryCall("CLIENT", "NO-TOUCH", "ON");
    }
    long before = System.currentTimeMillis();
    long server = connection.timeMillis();
    long after = System.currentTimeMillis();
    return new Node(connection, isCluster, server - (before + after) / 2, after - before + 1);
  }

  RedisConnection connection() {
    return connection;
  }

  /** The server's clock at this moment. */
  long nowMillis() {
    return System.currentTimeMillis() + skewMillis;
  }

  /** By how much the server's clock is ahead of ours. */
  long skewMillis() {
    return skewMillis;
  }

  /** How wrong {@link #nowMillis} may be. */
  long uncertainMillis() {
    return uncertainMillis;
  }

  void select(int newDatabase) throws RedisException {
    if (!isCluster && newDatabase != database) {
      connection.call("SELECT", Integer.toString(newDatabase));
      database = newDatabase;
    }
  }

  /** Where its stream stands, -1 where it does not tell. */
  long replOffset() throws RedisException {
    ServerInfo info = connection.info("replication");
    return info.replOffset();
  }

  @Override
  public void close() {
    connection.close();
  }
}
