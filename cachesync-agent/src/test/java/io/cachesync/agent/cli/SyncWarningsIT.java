package io.cachesync.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** A sync tells what its precheck warns of, and begins all the same. */
class SyncWarningsIT {
  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension
  static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0).option("databases", "4");

  @ParameterizedTest
  @ValueSource(strings = {"plain", "none"})
  void tellsEachWarningInALine(String progress, @TempDir Path folder) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine all =
        AgentCommand.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int code =
        AgentCommand.execute(
            all,
            "sync",
            "--source",
            SOURCE.uri(),
            "--target",
            TARGET.uri(),
            "--full-only",
            "--progress",
            progress,
            "--task",
            "warned-" + progress,
            "--work-dir",
            folder.toString());
    assertThat(code).as(out + "\n" + err).isZero();
    assertThat(err.toString().lines())
        .allSatisfy(line -> assertThat(line).startsWith("warning "))
        .anySatisfy(
            line -> assertThat(line).startsWith("warning The target has database 3 but not 4"));
  }
}
