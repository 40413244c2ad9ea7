package io.cachesync.web.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.Folders;
import io.cachesync.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A throwaway MariaDB or MySQL on a free loopback port, with a data directory of its own and a root
 * without a password. Where its program is missing, starting it fails: a test on a real database
 * that did not run is not green.
 */
public final class DatabaseServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Path folder = Folders.create("db");
  private final int port = RedisServer.freePort();
  private final String parameters;
  private final Process process;

  private DatabaseServer(String parameters, List<String> prepare, List<String> serve) {
    this.parameters = parameters;
    run(prepare);
    this.process = launch(serve);
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    awaitAnswer();
  }

  /** Debian's MariaDB. */
  public static DatabaseServer mariaDb() {
    String user = "--user=" + System.getProperty("user.name");
    return new DatabaseServer(
        "useSSL=false&allowPublicKeyRetrieval=true",
        List.of(
            "mariadb-install-db",
            "--no-defaults",
            "--datadir=DATA",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            user),
        List.of("mariadbd", "--no-defaults", "--skip-name-resolve", "--skip-log-bin", user));
  }

  /** MySQL 5.7, unpacked in the folder that {@code cachesync.mysql57} names. */
  public static DatabaseServer mySql57() {
    return mySql("cachesync.mysql57", "mysqld");
  }

  /** MySQL 8.0, unpacked in the folder that {@code cachesync.mysql80} names. */
  public static DatabaseServer mySql80() {
    return mySql("cachesync.mysql80", "bin/mysqld");
  }

  private static DatabaseServer mySql(String property, String mysqld) {
    String home = System.getProperty(property);
    assertThat(home).as("-D%s, a folder with MySQL", property).isNotBlank();
    String program = Path.of(home, mysqld).toString();
    String user = "--user=" + System.getProperty("user.name");
    List<String> common =
        List.of(program, "--no-defaults", "--basedir=" + home, "--secure-file-priv=NULL", user);
    return new DatabaseServer(
        "useSSL=false&allowPublicKeyRetrieval=true",
        concat(common, List.of("--initialize-insecure", "--datadir=DATA")),
        common);
  }

  /** A new database; answers its JDBC URL. */
  public String createDatabase(String name) {
    try (Connection root = DriverManager.getConnection(url(""), "root", "");
        Statement statement = root.createStatement()) {
      statement.execute("create database " + name + " character set utf8mb4");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return url(name);
  }

  /** What consoles are told, {@code name=value} each, so that they use a new database here. */
  public List<String> settings(String name) {
    return List.of(
        "spring.datasource.url=" + createDatabase(name),
        "spring.datasource.username=root",
        "spring.datasource.password=");
  }

  public int port() {
    return port;
  }

  public String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Folders.delete(folder);
  }

  private String url(String database) {
    return "jdbc:mysql://127.0.0.1:" + port + "/" + database + "?" + parameters;
  }

  private void run(List<String> command) {
    Process preparing = start(command);
    try {
      assertThat(preparing.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("prepared in time: %s", log())
          .isTrue();
      assertThat(preparing.exitValue()).as("prepared: %s", log()).isZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Process launch(List<String> command) {
    return start(
        concat(
            command,
            List.of(
                "--datadir=DATA",
                "--port=" + port,
                "--bind-address=127.0.0.1",
                // A socket's path has at most 107 characters.
                "--socket=" + folder.resolve("s"),
                "--pid-file=" + folder.resolve("pid"))));
  }

  private Process start(List<String> command) {
    List<String> real =
        command.stream().map(part -> part.replace("=DATA", "=" + folder.resolve("data"))).toList();
    try {
      return new ProcessBuilder(real)
          .directory(folder.toFile())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(real.get(0) + " is not installed", e);
    }
  }

  private void awaitAnswer() {
    Awaitility.await("the database")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .until(
            () -> {
              assertThat(process.isAlive()).as(log()).isTrue();
              try (Connection root = DriverManager.getConnection(url(""), "root", "")) {
                return root.isValid(5);
              }
            });
  }

  private static List<String> concat(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
