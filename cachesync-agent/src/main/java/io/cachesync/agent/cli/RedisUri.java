package io.cachesync.agent.cli;

import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.TlsSpec;
import io.cachesync.contract.Topology;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

/**
 * {@code redis[s]://[user:password@]host:port[/db]}. User and password may be percent-encoded; of
 * {@code :secret@} the user is the default one.
 */
final class RedisUri {
  private final boolean tls;
  private final String user;
  private final String password;
  private final String address;
  private final OptionalInt database;

  private RedisUri(
      boolean tls, String user, String password, String address, OptionalInt database) {
    this.tls = tls;
    this.user = user;
    this.password = password;
    this.address = address;
    this.database = database;
  }

  /**
   * @throws IllegalArgumentException with one sentence for the person who typed it; never with the
   *     password
   */
  static RedisUri parse(String text) {
    boolean tls = text.startsWith("rediss://");
    if (!tls && !text.startsWith("redis://")) {
      throw new IllegalArgumentException(
          "an address looks like redis://host:port or rediss://user:password@host:port");
    }
    String rest = text.substring(text.indexOf("//") + 2);
    int at = rest.lastIndexOf('@');
    String login = at < 0 ? "" : rest.substring(0, at);
    String place = rest.substring(at + 1);
    int slash = place.indexOf('/');
    String address = slash < 0 ? place : place.substring(0, slash);
    return new RedisUri(
        tls,
        login.contains(":") ? decode(login.substring(0, login.indexOf(':'))) : "",
        decode(login.substring(login.indexOf(':') + 1)),
        checkedAddress(address),
        database(slash < 0 ? "" : place.substring(slash + 1)));
  }

  boolean isTls() {
    return tls;
  }

  String password() {
    return password;
  }

  OptionalInt database() {
    return database;
  }

  /**
   * @param tlsSpec used where the address asks for TLS
   */
  RedisEndpoint endpoint(TlsSpec tlsSpec) {
    return new RedisEndpoint(Topology.STANDALONE, List.of(address), user, tls ? tlsSpec : null);
  }

  @Override
  public String toString() {
    return (tls ? "rediss://" : "redis://") + address;
  }

  private static String checkedAddress(String address) {
    int colon = address.lastIndexOf(':');
    boolean bareV6 = address.startsWith("[") && address.endsWith("]");
    String host = colon < 0 || bareV6 ? address : address.substring(0, colon);
    String port = colon < 0 || bareV6 ? "6379" : address.substring(colon + 1);
    if (host.isEmpty() || host.contains(",")) {
      throw new IllegalArgumentException("the address needs exactly one host");
    }
    if (!port.matches("\\d{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65535) {
      throw new IllegalArgumentException("the port must be a number from 1 to 65535");
    }
    return host + ':' + port;
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
