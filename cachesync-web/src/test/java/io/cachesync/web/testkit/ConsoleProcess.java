package io.cachesync.web.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.Certificates;
import io.cachesync.testkit.Folders;
import io.cachesync.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * The packaged console ({@code cachesync.web.jar}) as a process of its own, on a free loopback port
 * and a data directory of its own; on its embedded database unless the settings say otherwise.
 */
public final class ConsoleProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(180);

  private final Path folder = Folders.create("console");
  private final int port = RedisServer.freePort();
  private final List<String> settings;
  private final Certificates certificates;
  private Process process;

  private ConsoleProcess(List<String> settings, Certificates certificates) {
    this.certificates = certificates;
    this.settings = List.copyOf(settings);
  }

  /**
   * Starts a console and waits until it is healthy.
   *
   * @param settings {@code name=value} each
   */
  public static ConsoleProcess start(String... settings) {
    return launched(new ConsoleProcess(List.of(settings), null));
  }

  /** As {@link #start}, with TLS, and without plain HTTP. */
  public static ConsoleProcess startWithTls(Certificates certificates, String... settings) {
    return launched(new ConsoleProcess(List.of(settings), certificates));
  }

  public String url() {
    return (certificates == null ? "http" : "https") + "://127.0.0.1:" + port;
  }

  public Path dataDirectory() {
    return folder.resolve("data");
  }

  /** The text of a file in the data directory, such as the first admin's password. */
  public String secret(String file) {
    return read(dataDirectory().resolve(file)).strip();
  }

  public String log() {
    return read(folder.resolve("console.log"));
  }

  public Process process() {
    return process;
  }

  /** Ends the console as a person would, and starts it again on the same port and data. */
  public void restart() {
    stop();
    launch();
    awaitHealthy();
  }

  /** kill -9. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** kill -9, and a new start on the same port and data. */
  public void restartAfterKill() {
    kill();
    launch();
    awaitHealthy();
  }

  /** Ends it by SIGTERM. */
  public void stop() {
    process.destroy();
    awaitEnd();
  }

  @Override
  public void close() {
    stop();
    Folders.delete(folder);
  }

  private static ConsoleProcess launched(ConsoleProcess console) {
    console.launch();
    console.awaitHealthy();
    return console;
  }

  private void launch() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar"));
    command.add(System.getProperty("cachesync.web.jar"));
    command.add("--server.port=" + port);
    command.add("--cachesync.data-dir=" + dataDirectory());
    settings.forEach(setting -> command.add("--" + setting));
    if (certificates != null) {
      command.add("--server.ssl.certificate=" + certificates.certificate());
      command.add("--server.ssl.certificate-private-key=" + certificates.key());
    }
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(folder.resolve("console.log").toFile()))
              .start();
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Process started = process;
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
  }

  private void awaitHealthy() {
    HttpClient http = http();
    HttpRequest health = HttpRequest.newBuilder(URI.create(url() + "/actuator/health")).build();
    Awaitility.await("the console is healthy")
        .atMost(PATIENCE)
        .until(
            () -> {
              assertThat(process.isAlive()).as(log()).isTrue();
              return isHealthy(http, health);
            });
  }

  /** A client that trusts this console. */
  HttpClient http() {
    return certificates == null
        ? HttpClient.newHttpClient()
        : HttpClient.newBuilder().sslContext(certificates.trust()).build();
  }

  private static boolean isHealthy(HttpClient http, HttpRequest health)
      throws InterruptedException {
    try {
      return http.send(health, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
    } catch (IOException e) {
      return false; // It does not listen yet.
    }
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(90, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("the console does not end when asked to\n" + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
