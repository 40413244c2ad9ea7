package io.cachesync.agent.redis;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One connection to every master of a cluster, by the map of slots that all of them tell. Masters
 * have numbers, from 0, in the order of their first slots. For one thread, but {@link #close} may
 * come from any.
 */
public final class ClusterConnections implements Closeable {
  private final ClusterMap map;
  private final AddressMap addresses;
  private final List<RedisConnection> masters;
  private final int[] owners = new int[HashSlot.COUNT];

  private ClusterConnections(ClusterMap map, AddressMap addresses, List<RedisConnection> masters) {
    this.map = map;
    this.addresses = addresses;
    this.masters = List.copyOf(masters);
    List<ClusterNode> nodes = map.masters();
    for (int i = 0; i < nodes.size(); i++) {
      for (int slot = 0; slot < owners.length; slot++) {
        if (nodes.get(i).slots().get(slot)) {
          owners[slot] = i;
        }
      }
    }
  }

  /**
   * Connects to every master.
   *
   * @param known further addresses to begin with, where those of the endpoint do not answer
   * @throws RedisException CLUSTER_DOWN, retryable, while masters disagree or are away, slots have
   *     no owner or are being moved; NOT_A_CLUSTER where the endpoint is none
   */
  public static ClusterConnections open(RedisClient client, List<HostAndPort> known)
      throws RedisException {
    AddressMap addresses = client.addressMap();
    List<RedisConnection> opened = new ArrayList<>();
    try {
      ClusterMap map = firstMap(client, addresses, known);
      for (ClusterNode master : map.masters()) {
        RedisConnection connection = client.connect(master.address());
        opened.add(connection);
        verifyMap(map, connection, addresses);
      }
      return new ClusterConnections(map, addresses, opened);
    } catch (RedisException | RuntimeException e) {
      opened.forEach(RedisConnection::close);
      throw e;
    }
  }

  public ClusterMap map() {
    return map;
  }

  /** Number of masters. */
  public int size() {
    return masters.size();
  }

  public RedisConnection master(int number) {
    return masters.get(number);
  }

  public List<RedisConnection> masters() {
    return masters;
  }

  /**
   * Asks every master whether each slot is where it was.
   *
   * @throws RedisException CLUSTER_DOWN, retryable, where one has moved or is being moved
   */
  public void verifyMap() throws RedisException {
    for (RedisConnection master : masters) {
      verifyMap(map, master, addresses);
    }
  }

  /** The number of the master that has a slot. */
  public int owner(int slot) {
    return owners[slot];
  }

  /** The first slot of a master. */
  public int firstSlot(int number) {
    return map.masters().get(number).slots().nextSetBit(0);
  }

  /** The slots of a master. */
  public BitSet slots(int number) {
    return (BitSet) map.masters().get(number).slots().clone();
  }

  public RedisConnection of(int slot) {
    return masters.get(owners[slot]);
  }

  @Override
  public void close() {
    masters.forEach(RedisConnection::close);
  }

  @Override
  public String toString() {
    return "the cluster of " + masters;
  }

  private static void verifyMap(ClusterMap map, RedisConnection of, AddressMap addresses)
      throws RedisException {
    ClusterMap own = ClusterMap.ask(of, addresses);
    if (!map.sameOwners(own)) {
      throw down(of + " tells something else of who has which slots");
    }
    if (!own.openSlots().isEmpty()) {
      throw down(
          "slot %d is being moved at %s: the link goes on once it has moved"
              .formatted(own.openSlots().get(0), of));
    }
  }

  private static ClusterMap firstMap(
      RedisClient client, AddressMap addresses, List<HostAndPort> known) throws RedisException {
    Set<HostAndPort> all = new LinkedHashSet<>(client.addresses());
    all.addAll(known);
    RedisException last = null;
    for (HostAndPort address : all) {
      try (RedisConnection connection = client.connect(address)) {
        if (!connection.info().mode().equals("cluster")) {
          throw new RedisException(
              Fault.fatal(
                  FaultCode.NOT_A_CLUSTER,
                  connection + " is no node of a cluster: give it as one server, redis://…"));
        }
        return ClusterMap.askWhole(connection, addresses);
      } catch (RedisException e) {
        last = e;
      }
    }
    throw last == null
        ? new RedisException(Fault.fatal(FaultCode.ADDRESS_UNKNOWN, "no address is given"))
        : last;
  }

  private static RedisException down(String message) {
    return new RedisException(Fault.retryable(FaultCode.CLUSTER_DOWN, message));
  }
}
