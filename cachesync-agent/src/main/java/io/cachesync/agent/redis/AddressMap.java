package io.cachesync.agent.redis;

import java.util.Map;

/** Where a node that announces one address is reached, for clusters behind address translation. */
@FunctionalInterface
public interface AddressMap {
  /** Every node is reached where it says it is. */
  AddressMap NONE = announced -> announced;

  HostAndPort reach(HostAndPort announced);

  /** By announced address; what is not in the map is reached where it says it is. */
  static AddressMap of(Map<HostAndPort, HostAndPort> addresses) {
    Map<HostAndPort, HostAndPort> copy = Map.copyOf(addresses);
    return announced -> copy.getOrDefault(announced, announced);
  }
}
