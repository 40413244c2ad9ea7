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
 * redis[s]-cluster://[user:password@]host:port[,host:port…]} for a cluster by any of its nodes,
 * {@code redis[s]-sentinel://[user:password@]host:port[,host:port…]/[db]?master=NAME} for the
 * master that sentinels watch. User and password may be percent-encoded; of {@code :secret@} the
 * user is the default one, and {@code user@} needs a password from elsewhere.
 */
final class RedisUri {
  private static final List<String> SCHEMES =
      List.of(
          "redis",
          "rediss",
          "redis-cluster",
          "rediss-cluster",
          "redis-sentinel",
          "rediss-sentinel");

  private static final String DEFAULT_PORT = "6379";
  private static final String SENTINEL_PORT = "26379";
  private static final String MASTER = "?master=";

  private final boolean tls;
  private final Topology topology;
  private final String user;
  private final String password;
  private final boolean loginHasColon;
  private final List<String> addresses;
  private final OptionalInt database;
  private final String masterName;

  private RedisUri(
      boolean tls,
      Topology topology,
      String user,
      String password,
      boolean loginHasColon,
      List<String> addresses,
      OptionalInt database,
      String masterName) {
    this.tls = tls;
    this.topology = topology;
    this.user = user;
    this.password = password;
    this.loginHasColon = loginHasColon;
    this.addresses = List.copyOf(addresses);
    this.database = database;
    this.masterName = masterName;
  }

  /**
   * @throws IllegalArgumentException with one sentence for the person who typed it; never with the
   *     password
   */
  static RedisUri parse(String text) {
    int colon = text.indexOf("://");
    String scheme = colon < 0 ? "" : text.substring(0, colon);
    if (!SCHEMES.contains(scheme)) {
      // One that somebody has typed a password into is not repeated.
      boolean isPlain = colon < 0 && text.matches("[A-Za-z0-9._-]+(:\\d+)?(/\\d*)?");
      throw new IllegalArgumentException(
          (isPlain ? "write redis://" + text + ", or with TLS rediss://" + text + "; " : "")
              + "an address looks like redis://host:port, rediss://user:password@host:port,"
              + " redis-cluster://host:port,host:port or"
              + " redis-sentinel://host:port,host:port/?master=NAME");
    }
    String rest = text.substring(colon + "://".length());
    int at = rest.lastIndexOf('@');
    String login = at < 0 ? "" : rest.substring(0, at);
    String place = rest.substring(at + 1);
    int slash = place.indexOf('/');
    String hosts = slash < 0 ? place : place.substring(0, slash);
    String behind = slash < 0 ? "" : place.substring(slash + 1);
    boolean cluster = scheme.endsWith("-cluster");
    boolean sentinel = scheme.endsWith("-sentinel");
    int master = sentinel ? behind.indexOf(MASTER) : -1;
    if (sentinel && (master < 0 || behind.length() == master + MASTER.length())) {
      throw new IllegalArgumentException(
          "sentinels watch masters by name: end the address with /?master=NAME");
    }
    String database = master < 0 ? behind : behind.substring(0, master);
    if (cluster && !database.isEmpty()) {
      throw new IllegalArgumentException(
          "a cluster has one database: none is given behind its address");
    }
    return new RedisUri(
        scheme.startsWith("rediss"),
        cluster ? Topology.CLUSTER : sentinel ? Topology.SENTINEL : Topology.STANDALONE,
        login.contains(":") ? decode(login.substring(0, login.indexOf(':'))) : "",
        decode(login.substring(login.indexOf(':') + 1)),
        login.contains(":"),
        cluster
            ? addresses(hosts, DEFAULT_PORT)
            : sentinel
                ? addresses(hosts, SENTINEL_PORT)
                : List.of(checkedAddress(hosts, DEFAULT_PORT)),
        database(database),
        master < 0 ? "" : decode(behind.substring(master + MASTER.length())));
  }

  /** Empty for the default one. */
  String user() {
    return user;
  }

  boolean isTls() {
    return tls;
  }

  /** Whether a login without a colon stands in it: a user, or a password that was mistyped so. */
  boolean hasLoginWithoutPassword() {
    return !loginHasColon && !password.isEmpty();
  }

  /** Where the password comes from elsewhere, a login without a colon is the user alone. */
  RedisUri withPasswordFromElsewhere() {
    return user.isEmpty() && !loginHasColon
        ? new RedisUri(tls, topology, password, "", true, addresses, database, masterName)
        : this;
  }

  boolean isCluster() {
    return topology == Topology.CLUSTER;
  }

  /**
   * Whether there are several nodes, which may announce other addresses than they are reached at.
   */
  boolean hasNodes() {
    return topology != Topology.STANDALONE;
  }

  boolean isSentinel() {
    return topology == Topology.SENTINEL;
  }

  String password() {
    return password;
  }

  OptionalInt database() {
    return database;
  }

  /** As below, with the default user at sentinels. */
  RedisEndpoint endpoint(TlsSpec tlsSpec, Map<String, String> addressMap) {
    return endpoint(tlsSpec, addressMap, "");
  }

  /**
   * @param tlsSpec used where the address asks for TLS
   * @param addressMap of a cluster, announced to reachable
   * @param sentinelUser null for the default user
   */
  RedisEndpoint endpoint(TlsSpec tlsSpec, Map<String, String> addressMap, String sentinelUser) {
    return new RedisEndpoint(
        topology, addresses, user, tls ? tlsSpec : null, addressMap, masterName, sentinelUser);
  }

  @Override
  public String toString() {
    String scheme = tls ? "rediss" : "redis";
    String hosts = String.join(",", addresses);
    return switch (topology) {
      case CLUSTER -> scheme + "-cluster://" + hosts;
      case SENTINEL -> scheme + "-sentinel://" + hosts + "/" + MASTER + masterName;
      default -> scheme + "://" + hosts;
    };
  }

  /**
   * @throws IllegalArgumentException with one sentence where it is no {@code host[:port]}
   */
  static String checkedAddress(String address) {
    return checkedAddress(address, DEFAULT_PORT);
  }

  private static String checkedAddress(String address, String defaultPort) {
    int colon = address.lastIndexOf(':');
    boolean bareV6 = address.startsWith("[") && address.endsWith("]");
    String host = colon < 0 || bareV6 ? address : address.substring(0, colon);
    String port = colon < 0 || bareV6 ? defaultPort : address.substring(colon + 1);
    if (host.isEmpty() || host.contains(",")) {
      throw new IllegalArgumentException(
          "the address needs exactly one host; several are a cluster, redis-cluster://");
    }
    if (!port.matches("\\d{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65535) {
      throw new IllegalArgumentException("the port must be a number from 1 to 65535");
    }
    return host + ':' + port;
  }

  private static List<String> addresses(String hosts, String defaultPort) {
    return Arrays.stream(hosts.split(",", -1))
        .map(each -> checkedAddress(each, defaultPort))
        .toList();
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
