package io.cachesync.agent.redis;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;

/**
 * Finds the master that the first address of an endpoint, a replica, takes its data from, also
 * through replicas in between: each names its own in {@code INFO replication}. The endpoint's
 * credentials are used there too.
 */
public final class MasterOfReplica implements NodeFinder {
  /** More replicas are not put behind one another. */
  private static final int MOST_STEPS = 8;

  /**
   * @throws RedisException MASTER_DOWN where the first is a master itself, or where none is found;
   *     what a node on the way failed with
   */
  @Override
  public HostAndPort find(RedisClient client) throws RedisException {
    HostAndPort first = FIRST.find(client);
    HostAndPort master = next(client, first);
    if (master == null) {
      throw none(first + " is a master itself");
    }
    return above(client, master);
  }

  /**
   * Who has no master, from this node on.
   *
   * @throws RedisException MASTER_DOWN where none is found; what a node on the way failed with
   */
  public static HostAndPort above(RedisClient client, HostAndPort node) throws RedisException {
    HostAndPort last = node;
    for (int step = 0; step < MOST_STEPS; step++) {
      HostAndPort next = next(client, last);
      if (next == null) {
        return last;
      }
      last = next;
    }
    throw none(
        "more than %d replicas stand behind one another, the last is %s"
            .formatted(MOST_STEPS, last));
  }

  private static HostAndPort next(RedisClient client, HostAndPort node) throws RedisException {
    try (RedisConnection connection = client.connectToAsk(node)) {
      return masterOf(connection.info("replication"), client.addressMap());
    }
  }

  /** Where the master of who tells this is reached; null where it is one itself. */
  public static HostAndPort masterOf(ServerInfo info, AddressMap addresses) throws RedisException {
    if (info.isMaster()) {
      return null;
    }
    try {
      return addresses.reach(
          new HostAndPort(info.text("master_host"), (int) info.number("master_port")));
    } catch (IllegalArgumentException e) {
      throw none("a replica does not tell its master: " + e.getMessage());
    }
  }

  private static RedisException none(String why) {
    return new RedisException(Fault.retryable(FaultCode.MASTER_DOWN, why));
  }
}
