package io.cachesync.agent.redis;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds the master of a shard, by its first slot; remembers every node it heard of. */
public final class ShardNode implements NodeFinder {
  private final SlotRanges shard;
  private final Set<HostAndPort> known = new LinkedHashSet<>();
  private volatile HostAndPort last;

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
      try (RedisConnection connection = client.connect(address)) {
        ClusterMap map = ClusterMap.ask(connection, client.addressMap());
        remember(map);
        ClusterNode owner = map.owner(shard.first());
        if (owner != null && !owner.failed()) {
          last = owner.address();
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
