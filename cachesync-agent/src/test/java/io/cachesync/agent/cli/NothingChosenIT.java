package io.cachesync.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A filter that chooses no key, as a pattern that was mistyped. */
class NothingChosenIT {
  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void fill() {
    try (RespClient client = SOURCE.client()) {
      client.call("SET", "user:1", "a");
    }
  }

  @Test
  void isToldByASyncWhateverItShows() throws IOException {
    Path reports = folder.resolve("reports");
    assertThat(
            run(
                "sync",
                "--full-only",
                "--include-key",
                "usr:*",
                "--progress",
                "none",
                "--work-dir",
                folder.resolve("work").toString(),
                "--report-file",
                reports.toString()))
        .as(err.toString())
        .isZero();
    assertThat(err.toString())
        .contains("warning Nothing was copied: the filter chooses none of the 1 keys");
    assertThat(Files.readString(reports)).contains("no key was copied: the filter");
    err.getBuffer().setLength(0);
    assertThat(
            run(
                "sync",
                "--full-only",
                "--include-key",
                "user:*",
                "--work-dir",
                folder.resolve("work").toString()))
        .isZero();
    assertThat(err + "" + out).doesNotContain("Nothing was copied", "no key was copied");
  }

  @Test
  void isToldByACheck() {
    assertThat(run("check", "--include-key", "usr:*", "--rounds", "1")).isZero();
    assertThat(out.toString()).contains("warning No key was compared: the filter");
  }

  private int run(String verb, String... more) {
    List<String> words = new ArrayList<>(List.of(verb, "--source", SOURCE.uri()));
    words.addAll(List.of("--target", TARGET.uri()));
    words.addAll(Arrays.asList(more));
    CommandLine all =
        AgentCommand.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return AgentCommand.execute(all, words.toArray(String[]::new));
  }
}
