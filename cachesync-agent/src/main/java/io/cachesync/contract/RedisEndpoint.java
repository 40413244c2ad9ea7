package io.cachesync.contract;

import java.util.List;
import java.util.Map;

/**
 * A Redis deployment as an agent reaches it. Passwords are not here: see {@link JobSecrets}.
 *
 * @param addresses {@code host:port}, one or more; an IPv6 host stands in brackets
 * @param user ACL user, or empty for the default user
 * @param tls how to speak TLS, or null for plain text
 * @param addressMap where nodes of a cluster are reached that announce another address: announced
 *     {@code host:port} to reachable {@code host:port}; nodes that are not here are reached where
 *     they say
 * @param masterName what the sentinels call the master, empty elsewhere
 * @param sentinelUser ACL user at the sentinels, or empty for the default user
 */
public record RedisEndpoint(
    Topology topology,
    List<String> addresses,
    String user,
    TlsSpec tls,
    Map<String, String> addressMap,
    String masterName,
    String sentinelUser) {
  public RedisEndpoint {
    topology = topology == null ? Topology.STANDALONE : topology;
    addresses = addresses == null ? List.of() : List.copyOf(addresses);
    user = user == null ? "" : user;
    addressMap = addressMap == null ? Map.of() : Map.copyOf(addressMap);
    masterName = masterName == null ? "" : masterName;
    sentinelUser = sentinelUser == null ? "" : sentinelUser;
  }

  /** Sentinels have the default user. */
  public RedisEndpoint(
      Topology topology,
      List<String> addresses,
      String user,
      TlsSpec tls,
      Map<String, String> addressMap,
      String masterName) {
    this(topology, addresses, user, tls, addressMap, masterName, "");
  }

  /** Without sentinels. */
  public RedisEndpoint(
      Topology topology,
      List<String> addresses,
      String user,
      TlsSpec tls,
      Map<String, String> addressMap) {
    this(topology, addresses, user, tls, addressMap, "");
  }

  /** Nodes are reached where they say. */
  public RedisEndpoint(Topology topology, List<String> addresses, String user, TlsSpec tls) {
    this(topology, addresses, user, tls, Map.of());
  }
}
