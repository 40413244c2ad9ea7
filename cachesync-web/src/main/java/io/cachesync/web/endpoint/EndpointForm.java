package io.cachesync.web.endpoint;

import io.cachesync.contract.Topology;
import io.cachesync.web.security.KeptSecrets;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * What a person types about an endpoint. When one is edited, an empty password leaves the stored
 * one as it is; {@code noPassword} removes it, and one that is kept of a form that came back.
 *
 * @param topology STANDALONE, CLUSTER or SENTINEL; STANDALONE where none is given
 * @param addresses one a line: {@code host:port}, or a URI whose login fills what is empty
 * @param addressMap of a cluster or behind sentinels: {@code announced=reachable}, one a line
 * @param masterName what the sentinels call the master
 * @param sentinelUser of sentinels that have a login of their own
 * @param sentinelPassword as {@code password}, of those sentinels
 * @param noSentinelPassword removes both
 * @param clientCertificate PEM of a certificate that its servers are shown; empty leaves the stored
 *     one as it is
 * @param clientKey PEM of its key, both together
 * @param noClientCertificate removes both
 * @param version of the row that is edited, 0 for a new one
 */
public record EndpointForm(
    @NotBlank(message = "{common.field.required}")
        @Size(max = 120, message = "{endpoint.invalid.long}")
        String name,
    @Size(max = 100, message = "{endpoint.invalid.long}") String owner,
    @Size(max = 380, message = "{endpoint.invalid.long}") String tags,
    @Size(max = 4000, message = "{endpoint.invalid.long}") String notes,
    String topology,
    @JsonDeserialize(using = AddressesJson.class) @NotBlank(message = "{common.field.required}")
        String addresses,
    @JsonDeserialize(using = AddressMapJson.Reader.class) String addressMap,
    String masterName,
    @Size(max = 100, message = "{endpoint.invalid.long}") String loginUser,
    @Size(max = 512, message = "{endpoint.invalid.long}") String password,
    Boolean noPassword,
    @Size(max = 100, message = "{endpoint.invalid.long}") String sentinelUser,
    @Size(max = 512, message = "{endpoint.invalid.long}") String sentinelPassword,
    Boolean noSentinelPassword,
    Boolean tls,
    @Size(max = 20_000, message = "{endpoint.invalid.long}")
        @Pattern(
            regexp = "(?s)(.*-----BEGIN CERTIFICATE-----.*)?",
            message = "{endpoint.invalid.ca}")
        String caPem,
    @Pattern(regexp = "[A-Za-z0-9._-]{0,255}", message = "{endpoint.invalid.serverName}")
        String serverName,
    @Size(max = 60_000, message = "{endpoint.invalid.long}") String clientCertificate,
    @Size(max = 20_000, message = "{endpoint.invalid.long}") String clientKey,
    Boolean noClientCertificate,
    Long version) {

  public EndpointForm {
    name = strip(name);
    owner = strip(owner);
    tags = strip(tags);
    notes = strip(notes);
    topology = strip(topology).isEmpty() ? Topology.STANDALONE.name() : strip(topology);
    addresses = strip(addresses);
    addressMap = strip(addressMap);
    masterName = strip(masterName);
    loginUser = strip(loginUser);
    password = password == null ? "" : password;
    caPem = strip(caPem);
    serverName = strip(serverName);
    noClientCertificate = Boolean.TRUE.equals(noClientCertificate);
    clientCertificate = noClientCertificate ? "" : strip(clientCertificate);
    clientKey = noClientCertificate ? "" : strip(clientKey);
    noPassword = Boolean.TRUE.equals(noPassword);
    noSentinelPassword = Boolean.TRUE.equals(noSentinelPassword);
    sentinelUser = noSentinelPassword ? "" : strip(sentinelUser);
    sentinelPassword = sentinelPassword == null ? "" : sentinelPassword;
    tls = Boolean.TRUE.equals(tls);
    version = version == null ? 0L : version;
  }

  static EndpointForm empty() {
    return new EndpointForm(
        "", "", "", "", "", "", "", "", "", "", false, "", "", false, false, "", "", "", "", false,
        0L);
  }

  static EndpointForm of(Endpoint endpoint) {
    return new EndpointForm(
        endpoint.name(),
        endpoint.owner(),
        String.join(", ", endpoint.tagList()),
        endpoint.notes(),
        endpoint.topology().name(),
        endpoint.addresses(),
        endpoint.addressMap(),
        endpoint.masterName(),
        endpoint.loginUser(),
        "",
        false,
        endpoint.sentinelUser(),
        "",
        false,
        endpoint.tls(),
        endpoint.caPem(),
        endpoint.serverName(),
        "",
        "",
        false,
        endpoint.version());
  }

  /** Its secrets by name of field; none where there shall be none. */
  Map<String, KeptSecrets.Typed> secrets() {
    Map<String, KeptSecrets.Typed> secrets = new TreeMap<>();
    List<String> place =
        List.of(topology, addresses, addressMap, Boolean.toString(tls), caPem, serverName);
    if (!noPassword) {
      secrets.put("password", typed(password, place, loginUser, masterName));
    }
    if (!noSentinelPassword) {
      secrets.put(SentinelLogin.PASSWORD, typed(sentinelPassword, place, sentinelUser));
    }
    if (!noClientCertificate) {
      secrets.put(ClientIdentity.KEY, typed(clientKey, place));
    }
    return secrets;
  }

  private static KeptSecrets.Typed typed(String secret, List<String> place, String... who) {
    return new KeptSecrets.Typed(secret, Stream.concat(place.stream(), Stream.of(who)).toList());
  }

  EndpointForm withSecrets(Map<String, String> secrets) {
    return new EndpointForm(
        name,
        owner,
        tags,
        notes,
        topology,
        addresses,
        addressMap,
        masterName,
        loginUser,
        secrets.getOrDefault("password", ""),
        noPassword,
        sentinelUser,
        secrets.getOrDefault(SentinelLogin.PASSWORD, ""),
        noSentinelPassword,
        tls,
        caPem,
        serverName,
        clientCertificate,
        secrets.getOrDefault(ClientIdentity.KEY, ""),
        noClientCertificate,
        version);
  }

  /** The same as a change of that version. */
  EndpointForm at(long read) {
    return new EndpointForm(
        name,
        owner,
        tags,
        notes,
        topology,
        addresses,
        addressMap,
        masterName,
        loginUser,
        password,
        noPassword,
        sentinelUser,
        sentinelPassword,
        noSentinelPassword,
        tls,
        caPem,
        serverName,
        clientCertificate,
        clientKey,
        noClientCertificate,
        read);
  }

  /** The same for another topology. */
  EndpointForm of(Topology other, String master) {
    return new EndpointForm(
        name,
        owner,
        tags,
        notes,
        other.name(),
        addresses,
        other == Topology.STANDALONE ? "" : addressMap,
        other == Topology.SENTINEL ? master : "",
        loginUser,
        password,
        noPassword,
        other == Topology.SENTINEL ? sentinelUser : "",
        other == Topology.SENTINEL ? sentinelPassword : "",
        noSentinelPassword,
        tls,
        caPem,
        serverName,
        clientCertificate,
        clientKey,
        noClientCertificate,
        version);
  }

  /** Tags as the column holds them: {@code ,a,b,}. */
  String tagColumn() {
    String joined =
        Arrays.stream(tags.split(",", -1))
            .map(String::strip)
            .filter(tag -> !tag.isEmpty())
            .distinct()
            .collect(Collectors.joining(","));
    return joined.isEmpty() ? "" : "," + joined + ",";
  }

  private static String strip(String text) {
    return text == null ? "" : text.strip();
  }

  /** Never with the passwords. */
  @Override
  public String toString() {
    return "EndpointForm[" + name + "]";
  }
}
