package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/cachesync-agent}, as somebody has it on the PATH by a link. */
class LaunchFileIT {
  private static final Path FILE = Path.of("..", "deploy", "cachesync-agent");

  @TempDir private Path folder;

  @Test
  void runsTheJarBesideItThroughALink() throws Exception {
    Path there = Files.createDirectory(folder.resolve("a folder"));
    Path file = Files.copy(FILE, there.resolve("cachesync-agent"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThat(run(link, 1)).contains("No jar of the agent: build it");
    Files.createSymbolicLink(
        there.resolve("cachesync-agent.jar"), Path.of(System.getProperty("cachesync.agent.jar")));
    assertThat(run(link, 0)).startsWith("cachesync-agent ");
  }

  private static String run(Path file, int code) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", file.toString(), "--version").redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isEqualTo(code);
    return said;
  }
}
