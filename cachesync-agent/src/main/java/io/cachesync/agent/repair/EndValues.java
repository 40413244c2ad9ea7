package io.cachesync.agent.repair;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.redis.ClusterMap;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.source.ValuesAtOffset;
import io.cachesync.contract.Topology;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads values of one end, from whichever of its servers has them. For one thread, but {@link
 * #close}, which any may call.
 */
public final class EndValues implements Closeable {
  private final RedisClient client;
  private final Map<HostAndPort, ValuesAtOffset> nodes = new ConcurrentHashMap<>();
  private volatile ClusterMap map;
  private volatile ValuesAtOffset only;

  public EndValues(RedisClient client) {
    this.client = client;
  }

  /** Takes values as they are read. */
  @FunctionalInterface
  public interface Taker {
    void take(List<ValuesAtOffset.Value> values) throws RedisException;
  }

  /** Reads all of these, a part at a time, as many as fit in memory together. */
  public void read(List<DatabaseKey> keys, Taker taker) throws RedisException {
    try {
      readAll(keys, taker);
    } catch (RedisException e) {
      // A slot may have another owner by now.
      close();
      throw e;
    }
  }

  private void readAll(List<DatabaseKey> keys, Taker taker) throws RedisException {
    for (Map.Entry<ValuesAtOffset, List<DatabaseKey>> part : parts(keys).entrySet()) {
      List<DatabaseKey> left = part.getValue();
      while (!left.isEmpty()) {
        List<ValuesAtOffset.Value> some = part.getKey().read(left).values();
        taker.take(some);
        left = left.subList(some.size(), left.size());
      }
    }
  }

  /** The first of these, at least one; in a cluster those that the first one's server has. */
  List<ValuesAtOffset.Value> first(List<DatabaseKey> keys) throws RedisException {
    Map.Entry<ValuesAtOffset, List<DatabaseKey>> part = parts(keys).entrySet().iterator().next();
    return part.getKey().read(part.getValue()).values();
  }

  @Override
  public void close() {
    nodes.keySet().forEach(this::close);
    map = null;
    ValuesAtOffset current = only;
    only = null;
    if (current != null) {
      current.close();
    }
  }

  private void close(HostAndPort node) {
    ValuesAtOffset values = nodes.remove(node);
    if (values != null) {
      values.close();
    }
  }

  private Map<ValuesAtOffset, List<DatabaseKey>> parts(List<DatabaseKey> keys)
      throws RedisException {
    if (client.endpoint().topology() != Topology.CLUSTER) {
      ValuesAtOffset current = only;
      if (current == null) {
        current = new ValuesAtOffset(client);
        only = current;
      }
      return Map.of(current, keys);
    }
    Map<ValuesAtOffset, List<DatabaseKey>> parts = new LinkedHashMap<>();
    for (DatabaseKey key : keys) {
      parts.computeIfAbsent(of(key), node -> new ArrayList<>()).add(key);
    }
    return parts;
  }

  private ValuesAtOffset of(DatabaseKey key) throws RedisException {
    ClusterMap current = map;
    if (current == null) {
      try (RedisConnection connection = client.connect()) {
        current = ClusterMap.askWhole(connection, client.addressMap());
      }
      map = current;
    }
    HostAndPort owner = current.owner(HashSlot.of(key.key())).address();
    return nodes.computeIfAbsent(
        owner, node -> new ValuesAtOffset(client.following(asked -> node)));
  }
}
