package io.cachesync.agent.cli;

import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.RedisEndpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** One end of a migration, out of what was typed for it. */
final class EndpointArguments {
  private final RedisUri uri;
  private final RedisEndpoint endpoint;
  private final EndpointSecrets secrets;

  private EndpointArguments(RedisUri uri, RedisEndpoint endpoint, EndpointSecrets secrets) {
    this.uri = uri;
    this.endpoint = endpoint;
    this.secrets = secrets;
  }

  /**
   * @param option name of the option that holds the address, without the dashes
   * @param passwordVariable environment variable that holds the password, or null
   * @throws ParameterException where it makes no sense
   */
  static EndpointArguments of(
      CommandSpec spec, String option, String address, String passwordVariable, Reaching reaching) {
    RedisUri uri = parse(spec, option, address);
    return of(spec, option, uri, passwordVariable, reaching);
  }

  private static RedisUri parse(CommandSpec spec, String option, String address) {
    try {
      return RedisUri.parse(address);
    } catch (IllegalArgumentException e) {
      throw refused(spec, option, e);
    }
  }

  private static EndpointArguments of(
      CommandSpec spec, String option, RedisUri uri, String passwordVariable, Reaching reaching) {
    if (passwordVariable == null && uri.hasLoginWithoutPassword()) {
      // It is not repeated: who forgot the colon has typed the password.
      throw new ParameterException(
          spec.commandLine(),
          ("--%1$s: the user is given without a password: name the environment variable that holds"
                  + " it, --%1$s-password-env NAME, or write redis://USER:@host:port for a user"
                  + " who has none.")
              .formatted(option));
    }
    try {
      RedisUri meant = passwordVariable == null ? uri : uri.withPasswordFromElsewhere();
      return of(meant, passwordVariable, reaching);
    } catch (IllegalArgumentException e) {
      throw refused(spec, option, e);
    }
  }

  private static ParameterException refused(
      CommandSpec spec, String option, IllegalArgumentException e) {
    return new ParameterException(
        spec.commandLine(), "--" + option + ": " + e.getMessage() + ".", e);
  }

  /**
   * Several that are reached alike, each in what fits its address.
   *
   * @param passwordVariables none, one for all, or one for each
   */
  static List<EndpointArguments> ofEach(
      CommandSpec spec,
      String option,
      List<String> addresses,
      List<String> passwordVariables,
      Reaching reaching) {
    int variables = passwordVariables.size();
    if (variables > 1 && variables != addresses.size()) {
      throw new ParameterException(
          spec.commandLine(),
          "--%s-password-env: give one variable for all, or one for each --%s."
              .formatted(option, option));
    }
    List<RedisUri> uris = addresses.stream().map(each -> parse(spec, option, each)).toList();
    List<EndpointArguments> all = new ArrayList<>();
    for (int i = 0; i < uris.size(); i++) {
      String variable = variables == 0 ? null : passwordVariables.get(variables == 1 ? 0 : i);
      all.add(of(spec, option, uris.get(i), variable, reaching.fitting(uris.get(i), uris)));
    }
    return all;
  }

  private static EndpointArguments of(RedisUri uri, String passwordVariable, Reaching reaching) {
    if (!uri.isTls() && reaching.tls().isSaid()) {
      throw new IllegalArgumentException("TLS options need an address with rediss://");
    }
    if (!uri.hasNodes() && reaching.addressMap() != null) {
      throw new IllegalArgumentException(
          "an address map needs an address with redis-cluster:// or redis-sentinel://");
    }
    if (!uri.isSentinel()
        && (reaching.sentinelUser() != null || reaching.sentinelPasswordVariable() != null)) {
      throw new IllegalArgumentException(
          "options of sentinels need an address with redis-sentinel://");
    }
    String sentinel = reaching.sentinelPasswordVariable();
    return new EndpointArguments(
        uri,
        uri.endpoint(reaching.tls().read(), map(reaching.addressMap()), reaching.sentinelUser()),
        new EndpointSecrets(
            password(uri, passwordVariable), sentinel == null ? "" : environment(sentinel)));
  }

  RedisEndpoint endpoint() {
    return endpoint;
  }

  EndpointSecrets secrets() {
    return secrets;
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
    return checked(environment(variable), variable, uri.user());
  }

  /** A secret that was not delivered is an empty variable, and to the server a wrong password. */
  static String checked(String password, String variable, String user) {
    if (password.isEmpty() && !user.isEmpty()) {
      throw new IllegalArgumentException(
          "the environment variable "
              + variable
              + " is empty: set it, or leave it out and write redis://USER:@host:port for a user who"
              + " has no password");
    }
    return password;
  }

  private static String environment(String variable) {
    String value = System.getenv(variable);
    if (value == null) {
      // What is no name may be the password itself.
      boolean isName = variable.matches("[A-Za-z_][A-Za-z0-9_]*");
      throw new IllegalArgumentException(
          isName
              ? "the environment has no variable " + variable
              : "an option that ends in -env takes the name of an environment variable, and not"
                  + " the password itself");
    }
    return value;
  }

  /**
   * What is said of the way to an endpoint beside its address; null for what is not said.
   *
   * @param tls never null
   * @param addressMap {@code announced=reachable} each
   * @param sentinelPasswordVariable environment variable that holds the sentinels' password
   */
  record Reaching(
      TlsArguments tls,
      List<String> addressMap,
      String sentinelUser,
      String sentinelPasswordVariable) {
    static final Reaching PLAINLY = new Reaching(TlsArguments.NONE, null, null, null);

    /** Without what fits other addresses than this one. */
    Reaching fitting(RedisUri one, List<RedisUri> all) {
      boolean speaksTls = one.isTls() || all.stream().noneMatch(RedisUri::isTls);
      boolean nodes = one.hasNodes() || all.stream().noneMatch(RedisUri::hasNodes);
      boolean sentinels = one.isSentinel() || all.stream().noneMatch(RedisUri::isSentinel);
      return new Reaching(
          speaksTls ? tls : TlsArguments.NONE,
          nodes ? addressMap : null,
          sentinels ? sentinelUser : null,
          sentinels ? sentinelPasswordVariable : null);
    }
  }
}
