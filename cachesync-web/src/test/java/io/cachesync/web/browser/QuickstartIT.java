package io.cachesync.web.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.Folders;
import io.cachesync.testkit.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The README's first command, with a small source and in a sandbox of its own. */
class QuickstartIT {
  private static final Path FOLDER = Folders.create("quickstart");
  private static final Path SANDBOX = FOLDER.resolve(".cachesync");

  @Test
  void bringsUpConsoleSandboxAndFirstMigrationAndTakesThemAway() throws Exception {
    int port = RedisServer.freePort();
    Outcome started = quickstart("--keys", "20000", "--port", Integer.toString(port));
    assertThat(started.code).as(started.text).isZero();
    List<String> lines = started.text.lines().toList();
    assertThat(lines.subList(lines.size() - 3, lines.size()))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("Console: http://127.0.0.1:" + port),
            line -> assertThat(line).isEqualTo("User: admin"),
            line -> assertThat(line).matches("Password: \\S{12,}"));
    assertThat(started.text)
        .containsPattern("(?m)^(Equal|No lasting difference): [0-9,]+ keys compared");
    assertThat(signInPageStatus(port)).isEqualTo(200);
    assertThat(quickstart("status").text)
        .contains("console", "redis-source", "redis-target", "redis-empty", "sshd", "agent")
        .doesNotContain("does not run");

    Outcome stopped = quickstart("stop");
    assertThat(stopped.code).as(stopped.text).isZero();
    Awaitility.await("they have ended").until(() -> processesOfTheSandbox().isEmpty());

    Outcome reset = quickstart("reset");
    assertThat(reset.code).as(reset.text).isZero();
    assertThat(SANDBOX).doesNotExist();
  }

  @AfterAll
  static void takeAway() throws Exception {
    if (Files.exists(SANDBOX)) {
      quickstart("stop");
    }
    Folders.delete(FOLDER);
  }

  private static int signInPageStatus(int port) throws IOException, InterruptedException {
    URI page = URI.create("http://127.0.0.1:" + port + "/sign-in");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static List<String> processesOfTheSandbox() {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.flatMap(process -> process.info().commandLine().stream())
          .filter(line -> line.contains(SANDBOX.toString()))
          .toList();
    }
  }

  private static Outcome quickstart(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("../deploy/quickstart.sh"));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(FOLDER, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("CACHESYNC_SANDBOX", SANDBOX.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).as(Files.readString(output)).isTrue();
    return new Outcome(process.exitValue(), Files.readString(output));
  }

  private record Outcome(int code, String text) {}
}
