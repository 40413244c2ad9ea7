package io.cachesync.web.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.Folders;
import io.cachesync.web.testkit.Browser;
import io.cachesync.web.testkit.ConsoleProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The packaged console says in one sentence why it does not start. */
class RefusedStartIT {
  private static final String WRONG_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

  private Path folder;

  @BeforeEach
  void makeFolder() {
    folder = Folders.create("refused");
  }

  @AfterEach
  void deleteFolder() {
    Folders.delete(folder);
  }

  @Test
  void whenTheDatabaseCannotBeReached() throws Exception {
    Ended ended =
        run("--spring.datasource.url=jdbc:mysql://127.0.0.1:1/cachesync?password=hunter2");

    assertThat(ended.exit).isEqualTo(1);
    assertThat(ended.output)
        .contains("The database at jdbc:mysql://127.0.0.1:1/cachesync cannot be reached.")
        .doesNotContain("hunter2")
        .doesNotContain("\tat ");
  }

  @Test
  void whenTheKeyIsMissingOrAnotherOne() throws Exception {
    Ended reset = run("--logging.level.root=error", "reset-admin-password");
    assertThat(reset.exit).as(reset.output).isZero();
    assertThat(reset.output).containsPattern("Password: [a-zA-Z0-9]{20}");

    Files.delete(folder.resolve("data/secret.key"));
    Ended missing = run();
    assertThat(missing.exit).isEqualTo(1);
    assertThat(missing.output).contains("The secret key is missing").doesNotContain("\tat ");

    Files.writeString(folder.resolve("data/secret.key"), WRONG_KEY);
    Ended wrong = run();
    assertThat(wrong.exit).isEqualTo(1);
    assertThat(wrong.output)
        .contains("The secret key does not fit this database")
        .doesNotContain("\tat ");
  }

  @Test
  void whenACommandIsMisspelt() throws Exception {
    Ended ended = run("--logging.level.root=warn", "reset-admin-pasword");

    assertThat(ended.exit).isEqualTo(2);
    assertThat(ended.output)
        .startsWith("\"reset-admin-pasword\" is neither a setting")
        .doesNotContain("\tat ");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void whenAnotherConsoleUsesTheEmbeddedDatabase() throws Exception {
    try (ConsoleProcess first = ConsoleProcess.start()) {
      Ended second = runIn(first.dataDirectory());

      assertThat(second.exit).isEqualTo(1);
      assertThat(second.output)
          .contains("Another console already uses the embedded database")
          .doesNotContain("\tat ");
      assertThat(new Browser(first.url()).get("/sign-in").statusCode()).isEqualTo(200);
    }
  }

  private Ended run(String... arguments) throws IOException, InterruptedException {
    return runIn(folder.resolve("data"), arguments);
  }

  private static Ended runIn(Path data, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar"));
    command.add(System.getProperty("cachesync.web.jar"));
    command.addAll(List.of(arguments));
    command.add("--cachesync.data-dir=" + data);
    command.add("--server.port=0");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  private record Ended(int exit, String output) {}
}
