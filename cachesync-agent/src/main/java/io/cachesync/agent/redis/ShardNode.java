package io.cachesync.agent.redis;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the master of a shard: the node that was it, or who has its first slot where that is none
 * any more; remembers every node it heard of.
 */
public final class ShardNode implements NodeFinder {
  private final SlotRanges shard;
  private final Set<HostAndPort> known = new LinkedHashSet<>();
  private volatile HostAndPort last;

  /** The id of the node there, empty before it was seen. */
  private String lastId = "";

  /**
   * @param master where it was seen
   * @param nodes others that can be asked where it is
   */
  public ShardNode(SlotRanges shard, HostAndPort master, List<HostAndPort> nodes) {
    this.shard = shard;
    this.last = master;
    known.addAll(nodes);
  }

  /** Where it was found last. */
  public HostAndPort last() {
    return last;
  }

  /**
   * Asks others before the one that was the master: where it was cut off it does not know yet that
   * it is none any more.
   */
  @Override
  public HostAndPort find(RedisClient client) throws RedisException {
    RedisException failure = null;
    for (HostAndPort address : candidates(client.addresses())) {
      try (RedisConnection connection = client.connectToAsk(address)) {
        ClusterMap map = ClusterMap.ask(connection, client.addressMap());
        remember(map);
        ClusterNode owner = master(map);
        if (owner != null && !owner.failed()) {
          remember(owner);
          return owner.address();
        }
        failure = nobody(connection);
      } catch (RedisException e) {
        failure = failure == null ? e : failure;
      }
    }
    throw failure == null
        ? new RedisException(Fault.fatal(FaultCode.ADDRESS_UNKNOWN, "no address is given"))
        : failure;
  }

  /**
   * The node that was the master, for as long as it is one with slots: where slots move, the stream
   * of the shard stays where it was.
   */
  private synchronized ClusterNode master(ClusterMap map) {
    for (ClusterNode node : map.nodes()) {
      boolean same = lastId.isEmpty() ? node.address().equals(last) : node.id().equals(lastId);
      if (same && node.isMaster() && !node.failed() && !node.slots().isEmpty()) {
        return node;
      }
    }
    return map.owner(shard.first());
  }

  private synchronized void remember(ClusterNode master) {
    last = master.address();
    lastId = master.id();
  }

  private synchronized Set<HostAndPort> candidates(List<HostAndPort> given) {
    Set<HostAndPort> all = new LinkedHashSet<>(known);
    all.addAll(given);
    all.remove(last);
    all.add(last);
    return all;
  }

  private synchronized void remember(ClusterMap map) {
    map.nodes().forEach(node -> known.add(node.address()));
  }

  private RedisException nobody(RedisConnection told) {
    return new RedisException(
        Fault.retryable(
            FaultCode.CLUSTER_DOWN,
            "slot %d has no living owner as %s tells it".formatted(shard.first(), told)));
  }
}
