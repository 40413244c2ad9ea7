package io.cachesync.agent.redis;

import java.io.Closeable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The masters of a cluster as one of its nodes tells them, with a connection to each that is kept
 * from one call to the next. What cannot be reached is left out. For one thread.
 */
public final class ClusterMasters implements Closeable {
  private final RedisClient client;
  private final Map<String, RedisConnection> connections = new HashMap<>();

  public ClusterMasters(RedisClient client) {
    this.client = client;
  }

  /** By the masters' node ids: those that have slots now. */
  public Map<String, RedisConnection> told(RedisConnection asked) throws RedisException {
    Set<String> gone = new HashSet<>(connections.keySet());
    for (ClusterNode master : ClusterMap.ask(asked, client.addressMap()).masters()) {
      if (isAt(master)) {
        gone.remove(master.id());
      } else if (!master.failed()) {
        open(master);
        gone.remove(master.id());
      }
    }
    gone.forEach(this::forget);
    return Map.copyOf(connections);
  }

  /** A connection that broke is of no more use. */
  public void forget(String id) {
    RedisConnection connection = connections.remove(id);
    if (connection != null) {
      connection.close();
    }
  }

  @Override
  public void close() {
    Set.copyOf(connections.keySet()).forEach(this::forget);
  }

  private boolean isAt(ClusterNode master) {
    RedisConnection connection = connections.get(master.id());
    return connection != null
        && !connection.isClosed()
        && connection.address().equals(master.address());
  }

  private void open(ClusterNode master) {
    forget(master.id());
    try {
      connections.put(master.id(), client.connect(master.address()));
    } catch (RedisException e) {
      // The link's own connection tells what is wrong with it; it is tried again.
      return;
    }
  }
}
