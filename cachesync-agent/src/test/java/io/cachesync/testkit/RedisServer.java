package io.cachesync.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real server on a free loopback port, with a folder of its own. Use it as a static {@code
 * RegisterExtension} (started before all tests, ended after them) or in a try-with-resources after
 * {@link #start}. Where the version is not on this machine the tests are skipped, unless {@code
 * cachesync.servers} is set and the version belongs to the scope of this run: then they fail.
 */
public final class RedisServer implements AutoCloseable, BeforeAllCallback, AfterAllCallback {
  private static final int CLUSTER_BUS = 10_000;

  /** What is given to connections begins at 32768, unless somebody has set it otherwise. */
  private static final int FIRST_PORT = 11_000;

  private static final int LAST_PORT = 32_768;

  private final ServerVersion version;
  private final Map<String, String> options = new LinkedHashMap<>();
  private final Map<String, String> users = new LinkedHashMap<>();
  private List<String> mode = List.of();
  private String password = "";
  private Path folder;
  private int port;
  private Process process;
  private boolean unprivileged;

  public RedisServer(ServerVersion version) {
    this.version = version;
    options.put("save", "\"\"");
    options.put("appendonly", "no");
    options.put("daemonize", "no");
    options.put("databases", "16");
    options.put("repl-diskless-sync-delay", "0");
    if (version.atLeast(ServerVersion.V7_0)) {
      options.put("enable-debug-command", "yes");
    }
  }

  /** A server that only watches others; its options are of the form {@code sentinel monitor}. */
  static RedisServer sentinel(ServerVersion version) {
    RedisServer sentinel = new RedisServer(version);
    sentinel.options.clear();
    sentinel.mode = List.of("--sentinel");
    return sentinel;
  }

  /** A line of redis.conf. */
  public RedisServer option(String name, String value) {
    options.put(name, value);
    return this;
  }

  /**
   * Puts nothing into its stream by itself: for tests that count commands, where a PING may come
   * between a command and the look at what was counted.
   */
  public RedisServer withoutPings() {
    return option("repl-ping-slave-period", "3600");
  }

  /** The password of the default user. */
  public RedisServer password(String newPassword) {
    password = newPassword;
    options.put("requirepass", newPassword);
    return this;
  }

  /** An ACL user, for instance {@code user("mig", "on >secret ~* &* +@all")}. */
  public RedisServer user(String name, String rules) {
    users.put(name, rules);
    return this;
  }

  /**
   * Runs as a user that has no other process, so that {@link #mayFork} can forbid it to fork: no
   * limit holds for root. Where the tests are not root's it is their own user. The test is skipped
   * where there is no way to be another user.
   */
  public RedisServer unprivileged() {
    unprivileged = true;
    return this;
  }

  /** Whether the kernel lets an {@link #unprivileged} server fork. */
  public void mayFork(boolean may) {
    List<String> words = asOther();
    // The soft limit of the number of its user's processes; up to the hard one it can be raised.
    String limit = may ? "--nproc=4096:" : "--nproc=1:";
    words.addAll(List.of("prlimit", "--pid", Long.toString(pid()), limit));
    if (!Signals.succeeds(words)) {
      throw new IllegalStateException("the limit of processes was not set");
    }
  }

  /** Starts the server and waits until it answers; on its former port if it had one. */
  public RedisServer start() {
    Path program = version.find().orElse(null);
    if (program == null && isRequired()) {
      throw new IllegalStateException("no server " + version + " under cachesync.servers");
    }
    Assumptions.assumeTrue(program != null, "no server " + version + " on this machine");
    boolean fixedPort = port != 0;
    if (folder == null) {
      folder = Folders.create("redis");
    }
    for (int attempt = 0; attempt < 5; attempt++) {
      if (!fixedPort) {
        port = options.containsKey("cluster-enabled") ? freeClusterPort() : freePort();
      }
      launch(program);
      if (answers()) {
        return this;
      }
      Signals.end(process);
    }
    throw new IllegalStateException("server " + version + " does not start:\n" + log());
  }

  /** Ends the server at once, as a power cut would. */
  public void kill() {
    Signals.end(process);
  }

  /** Writes the dataset to disk, ends the server and starts it again on the same port. */
  public void restart() {
    try (RespClient client = client()) {
      save(client);
    }
    kill();
    start();
  }

  /** The dataset as it is now, for {@link #setBack}. */
  public byte[] save() {
    try (RespClient client = client()) {
      save(client);
      return Files.readAllBytes(folder.resolve("dump.rdb"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A snapshot that is being made for a replica is waited for: beside it there can be none. */
  private static void save(RespClient client) {
    Awaitility.await()
        .ignoreExceptionsMatching(e -> e.getMessage().contains("already in progress"))
        .until(() -> client.text("SAVE").equals("OK"));
  }

  /** Ends the server as a power cut would, and starts it on the same port with an older dataset. */
  public void setBack(byte[] saved) {
    kill();
    try {
      Files.write(folder.resolve("dump.rdb"), saved);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start();
  }

  /** Freezes the process (SIGSTOP). */
  public void freeze() {
    Signals.send("STOP", process.pid());
  }

  /** Lets a frozen process go on (SIGCONT). */
  public void thaw() {
    Signals.send("CONT", process.pid());
  }

  public RespClient client() {
    RespClient client = new RespClient("127.0.0.1", port);
    if (!password.isEmpty()) {
      client.call("AUTH", password);
    }
    return client;
  }

  public void config(String name, String value) {
    try (RespClient client = client()) {
      client.call("CONFIG", "SET", name, value);
    }
  }

  public void flush() {
    try (RespClient client = client()) {
      client.call("FLUSHALL");
      if (version.atLeast(ServerVersion.V7_0)) {
        client.call("FUNCTION", "FLUSH");
      }
    }
  }

  /** DEBUG DIGEST: order-independent, without TTL values and consumer groups. */
  public String digest() {
    try (RespClient client = client()) {
      if (!version.atLeast(ServerVersion.V3_2)) {
        endRehashing(client);
      }
      return client.text("DEBUG", "DIGEST");
    }
  }

  /** The number of keys in all databases. */
  public long keys() {
    try (RespClient client = client()) {
      return client.info("keyspace").values().stream()
          .mapToLong(text -> Long.parseLong(text.replaceAll("keys=(\\d+).*", "$1")))
          .sum();
    }
  }

  /** Where its replication stream stands. */
  public long replOffset() {
    try (RespClient client = client()) {
      return Long.parseLong(client.info("replication").get("master_repl_offset"));
    }
  }

  /** Sends all of these at once. */
  public void pipeline(List<String[]> commands) {
    try (RespClient client = client()) {
      client.pipeline(commands);
    }
  }

  public ServerVersion version() {
    return version;
  }

  public int port() {
    return port;
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  /** {@code redis://127.0.0.1:port}, without the password. */
  public String uri() {
    return "redis://" + address();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  public Path folder() {
    return folder;
  }

  public String log() {
    try {
      Path log = folder.resolve("server.log");
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    if (process == null) {
      start();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  @Override
  public void close() {
    if (process != null) {
      Signals.end(process);
      Folders.delete(folder);
    }
  }

  /**
   * A port that was free a moment ago, below those that the kernel gives to connections: one of
   * them would take it before its server has started.
   */
  public static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
      if (isFree(port)) {
        return port;
      }
    }
  }

  /** A node listens to its peers at its port + 10000. */
  private static int freeClusterPort() {
    while (true) {
      int found = freePort();
      if (found + CLUSTER_BUS < LAST_PORT && isFree(found + CLUSTER_BUS)) {
        return found;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /** DEBUG DIGEST of 2.8 crashes while a database's table grows; each lookup moves one bucket. */
  private static void endRehashing(RespClient client) {
    for (String database : client.info("keyspace").keySet()) {
      client.call("SELECT", database.substring(2));
      long lookups = 2 * client.number("DBSIZE") + 16;
      List<String[]> asks = new ArrayList<>();
      for (long i = 0; i < lookups; i++) {
        asks.add(new String[] {"EXISTS", "none"});
      }
      client.pipeline(asks);
    }
  }

  private boolean isRequired() {
    return switch (version) {
      case V2_8, V6_2, V7_0, V7_4 -> System.getProperty("cachesync.servers") != null;
      // Debian has it for as long as it has not released a newer one.
      case V8_6 -> false;
      default -> "all".equals(System.getProperty("cachesync.test.scope"));
    };
  }

  private void launch(Path program) {
    StringBuilder config = new StringBuilder();
    config.append("port ").append(port).append("\nbind 127.0.0.1\n");
    config.append("dir ").append(folder).append('\n');
    options.forEach((name, value) -> config.append(name).append(' ').append(value).append('\n'));
    users.forEach((name, rules) -> config.append("user " + name + ' ' + rules + '\n'));
    try {
      Path file = folder.resolve("redis.conf");
      Files.writeString(file, config);
      File log = folder.resolve("server.log").toFile();
      List<String> words = asOther();
      words.addAll(
          List.of((unprivileged ? ofOther(program) : program).toString(), file.toString()));
      words.addAll(mode);
      process =
          new ProcessBuilder(words)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // A test JVM that is ended by force must not leave servers behind.
    Process started = process;
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
  }

  /** The words before a command that is to run as the server's user. */
  private List<String> asOther() {
    List<String> words = new ArrayList<>();
    if (unprivileged && System.getProperty("user.name").equals("root")) {
      // A number that nobody else has, as nobody else has the port.
      String user = Integer.toString(port);
      words.addAll(List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups"));
    }
    return words;
  }

  /** What it runs as must be able to run its program and to write its folder. */
  private Path ofOther(Path program) throws IOException {
    List<String> words = asOther();
    words.add("true");
    Assumptions.assumeTrue(
        Signals.succeeds(words), "no other user can be taken on here: " + String.join(" ", words));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path copy = folder.resolve("redis-server");
    Files.copy(program, copy, StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
    return copy;
  }

  /** Waits for a PONG of this very process; false when the process has ended instead. */
  private boolean answers() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> !process.isAlive() || isOurs());
    return process.isAlive();
  }

  private boolean isOurs() {
    try (RespClient client = client()) {
      return client.info("server").get("process_id").equals(Long.toString(process.pid()))
          && !"1".equals(client.info("persistence").get("loading"));
    } catch (UncheckedIOException | RespError e) {
      return false;
    }
  }
}
