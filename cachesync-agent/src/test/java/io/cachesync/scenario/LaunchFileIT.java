package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    assertThat(run(link, 1, "--version")).contains("No jar of the agent: build it");
    Files.createSymbolicLink(
        there.resolve("cachesync-agent.jar"), Path.of(System.getProperty("cachesync.agent.jar")));
    assertThat(run(link, 0, "--version")).startsWith("cachesync-agent ");
    String source = "redis://127.0.0.1:" + RedisServer.freePort();
    String target = "redis://127.0.0.1:" + RedisServer.freePort();
    assertThat(run(link, 4, "sync", "--source", source, "--target", target, "--task", "t"))
        .contains("log in " + there.resolve(".cachesync/agent/t/agent.log"));
  }

  /** The home is the folder that the file lies in. */
  private static String run(Path file, int code, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("sh", file.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("HOME", file.toRealPath().getParent().toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isEqualTo(code);
    return said;
  }
}
