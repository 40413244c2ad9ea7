package io.cachesync.agent.redis;

import java.util.BitSet;
import java.util.List;

/**
 * A node as a line of CLUSTER NODES tells it.
 *
 * @param id forty hexadecimal digits
 * @param address where it is reached
 * @param announced where it says that it is
 * @param master the id of its master, empty for a master
 * @param failed whether the one who was asked takes it for dead or does not know its address
 * @param slots that are its own
 * @param open slots that it is moving away or taking over; told only of the node that was asked
 */
public record ClusterNode(
    String id,
    HostAndPort address,
    HostAndPort announced,
    String master,
    boolean failed,
    BitSet slots,
    List<Integer> open) {

  public ClusterNode {
    open = List.copyOf(open);
  }

  public boolean isMaster() {
    return master.isEmpty();
  }
}
