package io.cachesync.agent.cli;

import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.TlsSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** One end of a migration, out of what was typed for it. */
final class EndpointArguments {
  private final RedisUri uri;
  private final RedisEndpoint endpoint;
  private final String password;

  private EndpointArguments(RedisUri uri, RedisEndpoint endpoint, String password) {
    this.uri = uri;
    this.endpoint = endpoint;
    this.password = password;
  }

  /**
   * @param option name of the option that holds the address, without the dashes
   * @param passwordVariable environment variable that holds the password, or null
   * @param ca file with certificates to trust, or null for the JVM's own
   * @param serverName name to expect in the server's certificate, or null for the address
   * @param addressMap {@code announced=reachable} each, or null for none
   * @throws ParameterException where it makes no sense
   */
  static EndpointArguments of(
      CommandSpec spec,
      String option,
      String address,
      String passwordVariable,
      Path ca,
      String serverName,
      List<String> addressMap) {
    CommandLine command = spec.commandLine();
    try {
      RedisUri uri = RedisUri.parse(address);
      if (!uri.isTls() && (ca != null || serverName != null)) {
        throw new IllegalArgumentException("TLS options need an address with rediss://");
      }
      if (!uri.hasNodes() && addressMap != null) {
        throw new IllegalArgumentException(
            "an address map needs an address with redis-cluster:// or redis-sentinel://");
      }
      TlsSpec tls =
          new TlsSpec(ca == null ? "" : Files.readString(ca), serverName == null ? "" : serverName);
      return new EndpointArguments(
          uri, uri.endpoint(tls, map(addressMap)), password(uri, passwordVariable));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command, "--" + option + ": " + e.getMessage() + ".", e);
    } catch (IOException e) {
      throw new ParameterException(command, "--" + option + "-ca: cannot read " + ca + ".", e);
    }
  }

  RedisEndpoint endpoint() {
    return endpoint;
  }

  String password() {
    return password;
  }

  OptionalInt database() {
    return uri.database();
  }

  boolean isCluster() {
    return uri.isCluster();
  }

  /** One, or those of a cluster with commas. */
  String address() {
    return String.join(",", endpoint.addresses());
  }

  private static Map<String, String> map(List<String> entries) {
    Map<String, String> map = new LinkedHashMap<>();
    for (String entry : entries == null ? List.<String>of() : entries) {
      int equals = entry.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException(
            "an entry of the address map looks like announced:port=reachable:port, not " + entry);
      }
      map.put(
          RedisUri.checkedAddress(entry.substring(0, equals)),
          RedisUri.checkedAddress(entry.substring(equals + 1)));
    }
    return map;
  }

  private static String password(RedisUri uri, String variable) {
    if (variable == null) {
      return uri.password();
    }
    if (!uri.password().isEmpty()) {
      throw new IllegalArgumentException(
          "the password stands in the address and in " + variable + ", give it once");
    }
    String password = System.getenv(variable);
    if (password == null) {
      throw new IllegalArgumentException("the environment has no variable " + variable);
    }
    return password;
  }
}
