package io.cachesync.web.endpoint;

import io.cachesync.contract.Topology;
import io.cachesync.web.system.Refusal;
import java.time.Instant;
import java.util.Objects;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * An endpoint as a program sends it back: all that {@link Endpoint} has, so that what was read can
 * be changed and sent, and what {@link EndpointForm} has besides. What only the console sets has to
 * be as it was read, or may be left out; the times are not looked at, {@code version} is.
 */
record EndpointChange(
    Long id,
    String name,
    String owner,
    String tags,
    String notes,
    String topology,
    @JsonDeserialize(using = AddressesJson.class) String addresses,
    @JsonDeserialize(using = AddressMapJson.Reader.class) String addressMap,
    String masterName,
    String loginUser,
    Boolean hasSecret,
    String password,
    Boolean noPassword,
    String sentinelUser,
    Boolean hasSentinelSecret,
    String sentinelPassword,
    Boolean noSentinelPassword,
    Boolean tls,
    String caPem,
    String serverName,
    String clientSubject,
    String clientIssuer,
    Instant clientUntil,
    String clientFingerprint,
    String clientCertificate,
    String clientKey,
    Boolean noClientCertificate,
    Long version,
    Instant createdAt,
    Instant updatedAt) {

  /** What was left out of topology, address map, the master's name and sentinels' user stays. */
  EndpointForm form(Endpoint before) {
    String now = topology == null ? before.topology().name() : topology;
    boolean keepsMap = addressMap == null && !now.equals(Topology.STANDALONE.name());
    boolean keepsSentinels = now.equals(Topology.SENTINEL.name());
    boolean keepsName = masterName == null && keepsSentinels;
    return new EndpointForm(
        name,
        owner,
        tags,
        notes,
        now,
        addresses,
        keepsMap ? before.addressMap() : addressMap,
        keepsName ? before.masterName() : masterName,
        loginUser,
        password,
        noPassword,
        keepsSentinels && sentinelUser == null ? before.sentinelUser() : sentinelUser,
        sentinelPassword,
        noSentinelPassword,
        tls,
        caPem,
        serverName,
        clientCertificate,
        clientKey,
        noClientCertificate,
        version);
  }

  /** Refuses another value for what only the console sets. */
  void checkAgainst(Endpoint before) {
    check("id", id, before.id());
    boolean given = password != null && !password.isEmpty() || Boolean.TRUE.equals(noPassword);
    check("hasSecret", given ? null : hasSecret, before.hasSecret());
    boolean givenToSentinels =
        sentinelPassword != null && !sentinelPassword.isEmpty()
            || Boolean.TRUE.equals(noSentinelPassword)
            || topology != null && !topology.equals(Topology.SENTINEL.name());
    check(
        "hasSentinelSecret",
        givenToSentinels ? null : hasSentinelSecret,
        before.hasSentinelSecret());
    boolean another =
        (clientCertificate != null && !clientCertificate.isBlank())
            || Boolean.TRUE.equals(noClientCertificate)
            || Boolean.FALSE.equals(tls);
    if (!another) {
      check("clientSubject", clientSubject, before.clientSubject());
      check("clientIssuer", clientIssuer, before.clientIssuer());
      check("clientUntil", clientUntil, before.clientUntil());
      check("clientFingerprint", clientFingerprint, before.clientFingerprint());
    }
  }

  private static void check(String field, Object sent, Object is) {
    if (sent != null && !Objects.equals(sent, is)) {
      throw Refusal.malformed(field, "endpoint.invalid.readOnly", field, String.valueOf(is));
    }
  }

  /** Never with the passwords. */
  @Override
  public String toString() {
    return "EndpointChange[" + name + "]";
  }
}
