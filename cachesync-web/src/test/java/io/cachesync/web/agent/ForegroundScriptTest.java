package io.cachesync.web.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that runs an agent in the foreground, with a program in place of Java. */
class ForegroundScriptTest {
  @TempDir private Path folder;
  private Path base;
  private Path java;
  private Path jar;

  @BeforeEach
  void makeMachine() throws IOException {
    base = Files.createDirectory(folder.resolve("base of $(id) `id` \"x\" 'y'"));
    jar = Files.createFile(base.resolve("agent.jar"));
    java = folder.resolve("java");
    Files.createFile(
        java, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(java, "#!/bin/sh\npwd -P\nprintf '%s\\n' \"$*\"\ncat\n");
  }

  @Test
  void runsTheAgentInTheBaseDirectorySoThatItsDiskIsMeasured() throws Exception {
    Ended ended = run(base);

    assertThat(ended.exit).isZero();
    assertThat(ended.output.lines())
        .hasSize(3)
        .startsWith(base.toRealPath().toString())
        .endsWith("{\"the\":\"spec\"}")
        .element(1)
        .asString()
        .endsWith("-jar " + jar + " precheck --spec -");
  }

  @Test
  void endsAsWithoutAnAgentWhereTheBaseDirectoryIsGone() throws Exception {
    assertThat(run(folder.resolve("gone"))).isEqualTo(new Ended(127, ""));
  }

  private Ended run(Path baseDirectory) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", script())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (OutputStream in = process.getOutputStream()) {
      String input =
          List.of(java, jar, baseDirectory, "precheck", "{\"the\":\"spec\"}").stream()
              .map(Object::toString)
              .collect(Collectors.joining("\n"));
      in.write(input.getBytes(UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Ended(process.waitFor(), output);
  }

  private static String script() throws IOException {
    try (InputStream in =
        ForegroundScriptTest.class.getResourceAsStream("/scripts/agent-foreground.sh")) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private record Ended(int exit, String output) {}
}
