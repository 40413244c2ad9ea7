package io.cachesync.web.endpoint;

import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.TlsSpec;
import io.cachesync.contract.Topology;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * A registered Redis deployment. Its passwords are not here: see {@link EndpointService#secrets}.
 *
 * @param owner who answers for it: a person or a team, as typed
 * @param tags separated and enclosed by commas, {@code ,a,b,}; empty for none
 * @param addresses {@code host:port}, one a line; of a cluster some of its nodes, or sentinels
 * @param addressMap where nodes are reached that a cluster or sentinels tell: {@code
 *     announced=reachable}, one a line
 * @param masterName what the sentinels call the master, or empty
 * @param loginUser ACL user, or empty for the default user
 * @param hasSecret whether a password is stored
 * @param sentinelUser as {@code loginUser}, of sentinels that have a login of their own
 * @param hasSentinelSecret whether a password of such sentinels is stored
 * @param caPem certificates to trust, or null for those of the machine's Java
 * @param serverName name to expect in the server's certificate, or empty for the address
 * @param clientSubject whose certificate its servers are shown, or null where none is
 * @param clientIssuer who has signed that
 * @param clientUntil when that ends
 * @param clientFingerprint SHA-256 of that, in hexadecimal with colons
 * @param version counts the changes of this row
 */
public record Endpoint(
    Long id,
    String name,
    String owner,
    String tags,
    String notes,
    Topology topology,
    String addresses,
    @JsonSerialize(using = AddressMapJson.Writer.class) String addressMap,
    String masterName,
    String loginUser,
    boolean hasSecret,
    String sentinelUser,
    boolean hasSentinelSecret,
    boolean tls,
    String caPem,
    String serverName,
    String clientSubject,
    String clientIssuer,
    Instant clientUntil,
    String clientFingerprint,
    long version,
    Instant createdAt,
    Instant updatedAt) {

  public List<String> addressList() {
    return addresses.lines().toList();
  }

  public boolean cluster() {
    return topology == Topology.CLUSTER;
  }

  public boolean sentinel() {
    return topology == Topology.SENTINEL;
  }

  public List<String> mapLines() {
    return addressMap.lines().toList();
  }

  public List<String> tagList() {
    return Arrays.stream(tags.split(",", -1)).filter(tag -> !tag.isEmpty()).toList();
  }

  /** Whether its servers are shown a certificate. */
  public boolean showsCertificate() {
    return clientFingerprint != null;
  }

  /**
   * Whether this is where the other leads to, whoever logs in there. Nodes of a cluster and
   * sentinels come and go: it is the same as long as one address is.
   */
  public boolean isAt(RedisEndpoint other) {
    RedisEndpoint here = toContract();
    boolean sameAddress =
        topology != Topology.STANDALONE
            ? !Collections.disjoint(here.addresses(), other.addresses())
            : here.addresses().equals(other.addresses());
    return here.topology() == other.topology()
        && sameAddress
        && here.masterName().equals(other.masterName())
        && Objects.equals(here.tls(), other.tls());
  }

  /** When that ends, as 2026-11-22 10:00 UTC. */
  public String certificateEnd() {
    return ClientIdentity.utc(clientUntil);
  }

  /** The same, whose servers are shown this certificate; null for none. */
  Endpoint showing(String subject, String issuer, Instant until, String fingerprint) {
    return new Endpoint(
        id,
        name,
        owner,
        tags,
        notes,
        topology,
        addresses,
        addressMap,
        masterName,
        loginUser,
        hasSecret,
        sentinelUser,
        hasSentinelSecret,
        tls,
        caPem,
        serverName,
        subject,
        issuer,
        until,
        fingerprint,
        version,
        createdAt,
        updatedAt);
  }

  /** As an agent reaches it. */
  public RedisEndpoint toContract() {
    return new RedisEndpoint(
        topology,
        addressList(),
        loginUser,
        tls ? new TlsSpec(caPem, serverName) : null,
        TypedPlace.mapOf(addressMap),
        masterName,
        sentinelUser);
  }
}
