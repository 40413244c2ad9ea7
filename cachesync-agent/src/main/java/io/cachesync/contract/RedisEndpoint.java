package io.cachesync.contract;

import java.util.List;

/**
 * A Redis deployment as an agent reaches it. Passwords are not here: see {@link JobSecrets}.
 *
 * @param addresses {@code host:port}, one or more; an IPv6 host stands in brackets
 * @param user ACL user, or empty for the default user
 * @param tls how to speak TLS, or null for plain text
 */
public record RedisEndpoint(Topology topology, List<String> addresses, String user, TlsSpec tls) {
  public RedisEndpoint {
    topology = topology == null ? Topology.STANDALONE : topology;
    addresses = addresses == null ? List.of() : List.copyOf(addresses);
    user = user == null ? "" : user;
  }
}
