package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.AddressMap;
import io.cachesync.agent.redis.ClusterMap;
import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.Modules;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.RedisTimeouts;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.agent.redis.ServerVersion;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.RedisEndpoint;
import java.io.Closeable;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One end, connected and asked once what it is. A check may ask it more. */
final class Server implements Closeable {
  /** A person waits for the answer. */
  private static final RedisTimeouts TIMEOUTS =
      new RedisTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10));

  private static final int CLOCK_ASKS = 5;
  private static final long CLOCK_SOON_MILLIS = 50;

  /** From 7.0 subcommands are counted one by one, as in {@code cmdstat_client|list:calls=1,}. */
  /**
   * Not what only asks, of the commands that write too: FUNCTION LIST is what these checks, and
   * every start of an agent, ask a source themselves.
   */
  private static final Pattern COMMAND_CALLS =
      Pattern.compile(
          "^cmdstat_(?!(?:function|script)\\|(?:list|dump|stats|exists|show|help|kill|debug):)"
              + "([^:|]+)[^:]*:calls=(\\d{1,18})",
          Pattern.MULTILINE);

  private final RedisEndpoint endpoint;
  private final RedisConnection connection;
  private final long connectMillis;
  private ServerInfo info;
  private long infoNanos;
  private OptionalLong clockSkewMillis = OptionalLong.empty();
  private Modules modules = Modules.UNKNOWN;

  private Server(RedisEndpoint endpoint, RedisConnection connection, long connectMillis) {
    this.endpoint = endpoint;
    this.connection = connection;
    this.connectMillis = connectMillis;
  }

  static RedisClient client(RedisEndpoint endpoint, EndpointSecrets secrets) {
    return new RedisClient(endpoint, secrets, TIMEOUTS);
  }

  /** Connects, signs in, and reads what every check needs. */
  static Server open(RedisClient client, HostAndPort address) throws RedisException {
    long began = System.nanoTime();
    RedisConnection connection = client.connect(address);
    try {
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      Server server = new Server(client.endpoint(), connection, millis);
      server.look();
      return server;
    } catch (RedisException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  String address() {
    return connection.address().toString();
  }

  /** The user that signed in, as ACL names it. */
  String user() {
    return endpoint.user().isEmpty() ? "default" : endpoint.user();
  }

  /** Whether a password was given that the server does not ask for. */
  boolean passwordUnneeded() {
    return connection.passwordUnneeded();
  }

  long connectMillis() {
    return connectMillis;
  }

  ServerInfo info() {
    return info;
  }

  /** {@link System#nanoTime()} when {@link #info()} was read. */
  long infoNanos() {
    return infoNanos;
  }

  ServerVersion version() {
    return info.version();
  }

  /** {@code standalone}, {@code cluster} or {@code sentinel}. */
  String mode() {
    return info.mode().isEmpty() ? "standalone" : info.mode();
  }

  /** The server's clock less this machine's; empty where TIME is not permitted. */
  OptionalLong clockSkewMillis() {
    return clockSkewMillis;
  }

  /** What is loaded. */
  Modules modules() {
    return modules;
  }

  /** The limit, 0 = none; empty where the server does not tell (below 3.2 without CONFIG). */
  OptionalLong maxMemoryBytes() throws RedisException {
    long told = info.maxMemoryBytes();
    if (told >= 0) {
      return OptionalLong.of(told);
    }
    Optional<String> setting = config("maxmemory");
    return setting.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(Long.parseLong(setting.get()));
  }

  /** Empty where the server does not tell. */
  String maxMemoryPolicy() throws RedisException {
    String told = info.maxMemoryPolicy();
    return told.isEmpty() ? config("maxmemory-policy").orElse("") : told;
  }

  ServerInfo readInfo() throws RedisException {
    return connection.info();
  }

  ServerInfo readInfo(String section) throws RedisException {
    return connection.info(section);
  }

  /** A setting, or empty where CONFIG GET is not permitted, renamed, or does not know it. */
  Optional<String> config(String name) throws RedisException {
    List<RespValue> reply = call("CONFIG", "GET", name).elements();
    return reply.size() == 2 ? Optional.of(reply.get(1).text()) : Optional.empty();
  }

  /** Whether the user may ask for settings, of which a version need not know each. */
  boolean tellsSettings() throws RedisException {
    return !call("CONFIG", "GET", "proto-max-bulk-len").isError();
  }

  /** Who has which slots as this node tells it. */
  ClusterMap clusterMap(AddressMap addresses) throws RedisException {
    return ClusterMap.ask(connection, addresses);
  }

  /** One command; an error is returned as a value. */
  RespValue call(String... words) throws RedisException {
    return connection.tryCall(words);
  }

  /** Commands sent at once; errors are returned as values. */
  List<RespValue> pipeline(List<String[]> commands) throws RedisException {
    for (String[] command : commands) {
      connection.out().command(command);
    }
    connection.flush();
    List<RespValue> replies = new ArrayList<>(commands.size());
    for (int i = 0; i < commands.size(); i++) {
      replies.add(connection.read());
    }
    return replies;
  }

  /** Names in upper case of the commands that the server has counted calls of. */
  Set<String> calledCommands() throws RedisException {
    return calls().keySet();
  }

  /**
   * Calls of each command since the server's start or its last CONFIG RESETSTAT, by its name in
   * upper case; those of subcommands together, but for those that only ask.
   */
  SortedMap<String, Long> calls() throws RedisException {
    SortedMap<String, Long> calls = new TreeMap<>();
    Matcher line = COMMAND_CALLS.matcher(call("INFO", "commandstats").text());
    while (line.find()) {
      long count = Long.parseLong(line.group(2));
      if (count > 0) {
        calls.merge(line.group(1).toUpperCase(Locale.ROOT), count, Long::sum);
      }
    }
    return calls;
  }

  /** The clients that are connected, a line each; empty where CLIENT LIST is not permitted. */
  Optional<List<String>> clients() throws RedisException {
    RespValue list = call("CLIENT", "LIST");
    return list.isError() ? Optional.empty() : Optional.of(list.text().lines().toList());
  }

  /** What the server has shown of itself; empty without TLS. */
  Optional<X509Certificate> certificate() {
    return connection.serverCertificate();
  }

  @Override
  public void close() {
    connection.close();
  }

  private void look() throws RedisException {
    info = connection.info();
    infoNanos = System.nanoTime();
    if (info.text("redis_version").isEmpty()) {
      throw new RedisException(
          Fault.fatal(FaultCode.PROTOCOL_ERROR, address() + " does not tell its version in INFO"));
    }
    clockSkewMillis = readClockSkew();
    modules = Modules.of(connection, info);
  }

  /** May be wrong by half of what the answer takes: of several the one that came soonest counts. */
  private OptionalLong readClockSkew() throws RedisException {
    OptionalLong skew = OptionalLong.empty();
    long soonest = Long.MAX_VALUE;
    for (int ask = 0; ask < CLOCK_ASKS && soonest > CLOCK_SOON_MILLIS; ask++) {
      long before = System.currentTimeMillis();
      RespValue time = call("TIME");
      long after = System.currentTimeMillis();
      if (time.elements().size() != 2) {
        return OptionalLong.empty();
      }
      if (after - before < soonest) {
        soonest = after - before;
        long seconds = Long.parseLong(time.elements().get(0).text());
        long micros = Long.parseLong(time.elements().get(1).text());
        skew = OptionalLong.of(seconds * 1000 + micros / 1000 - (before + after) / 2);
      }
    }
    return skew;
  }

  /** Whether the database exists for this user: the reply to SELECT. */
  RespValue select(int database) throws RedisException {
    return call("SELECT", Integer.toString(database));
  }
}
