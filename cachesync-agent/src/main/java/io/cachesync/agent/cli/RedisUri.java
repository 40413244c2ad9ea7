package io.cachesync.agent.cli;

import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.TlsSpec;
import io.cachesync.contract.Topology;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * {@code redis[s]://[user:password@]host:port[/db]} for one server, {@code
 * redis[s]-cluster://[user:password@]host:port[,host:port…]} for a cluster by any of its nodes.
 * User and password may be percent-encoded; of {@code :secret@} the user is the default one.
 */
final class RedisUri {
  private final boolean tls;
  private final Topology topology;
  private final String user;
  private final String password;
  private final List<String> addresses;
  private final OptionalInt database;

  private RedisUri(
      boolean tls,
      Topology topology,
      String user,
      String password,
      List<String> addresses,
      OptionalInt database) {
    this.tls = tls;
    this.topology = topology;
    this.user = user;
    this.password = password;
    this.addresses = List.copyOf(addresses);
    this.database = database;
  }

  /**
   * @throws IllegalArgumentException with one sentence for the person who typed it; never with the
   *     password
   */
  static RedisUri parse(String text) {
    int colon = text.indexOf("://");
    String scheme = colon < 0 ? "" : text.substring(0, colon);
    if (!List.of("redis", "rediss", "redis-cluster", "rediss-cluster").contains(scheme)) {
      throw new IllegalArgumentException(
          "an address looks like redis://host:port, rediss://user:password@host:port or"
              + " redis-cluster://host:port,host:port");
    }
    String rest = text.substring(colon + "://".length());
    int at = rest.lastIndexOf('@');
    String login = at < 0 ? "" : rest.substring(0, at);
    String place = rest.substring(at + 1);
    int slash = place.indexOf('/');
    String hosts = slash < 0 ? place : place.substring(0, slash);
    String database = slash < 0 ? "" : place.substring(slash + 1);
    boolean cluster = scheme.endsWith("-cluster");
    if (cluster && !database.isEmpty()) {
      throw new IllegalArgumentException(
          "a cluster has one database: none is given behind its address");
    }
    return new RedisUri(
        scheme.startsWith("rediss"),
        cluster ? Topology.CLUSTER : Topology.STANDALONE,
        login.contains(":") ? decode(login.substring(0, login.indexOf(':'))) : "",
        decode(login.substring(login.indexOf(':') + 1)),
        cluster ? addresses(hosts) : List.of(checkedAddress(hosts)),
        database(database));
  }

  boolean isTls() {
    return tls;
  }

  boolean isCluster() {
    return topology == Topology.CLUSTER;
  }

  String password() {
    return password;
  }

  OptionalInt database() {
    return database;
  }

  /**
   * @param tlsSpec used where the address asks for TLS
   * @param addressMap of a cluster, announced to reachable
   */
  RedisEndpoint endpoint(TlsSpec tlsSpec, Map<String, String> addressMap) {
    return new RedisEndpoint(topology, addresses, user, tls ? tlsSpec : null, addressMap);
  }

  @Override
  public String toString() {
    String scheme = (tls ? "rediss" : "redis") + (isCluster() ? "-cluster" : "");
    return scheme + "://" + String.join(",", addresses);
  }

  /**
   * @throws IllegalArgumentException with one sentence where it is no {@code host[:port]}
   */
  static String checkedAddress(String address) {
    int colon = address.lastIndexOf(':');
    boolean bareV6 = address.startsWith("[") && address.endsWith("]");
    String host = colon < 0 || bareV6 ? address : address.substring(0, colon);
    String port = colon < 0 || bareV6 ? "6379" : address.substring(colon + 1);
    if (host.isEmpty() || host.contains(",")) {
      throw new IllegalArgumentException(
          "the address needs exactly one host; several are a cluster, redis-cluster://");
    }
    if (!port.matches("\\d{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65535) {
      throw new IllegalArgumentException("the port must be a number from 1 to 65535");
    }
    return host + ':' + port;
  }

  private static List<String> addresses(String hosts) {
    return Arrays.stream(hosts.split(",", -1)).map(RedisUri::checkedAddress).toList();
  }

  private static OptionalInt database(String text) {
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    if (!text.matches("\\d{1,5}")) {
      throw new IllegalArgumentException("the database behind the address must be a number");
    }
    return OptionalInt.of(Integer.parseInt(text));
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "user and password must be percent-encoded where they contain %", e);
    }
  }
}
