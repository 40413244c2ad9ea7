package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Progress on a real pseudo terminal, which {@code script} of util-linux makes. */
class TerminalIT {
  private static final int COLUMNS = 80;

  @RegisterExtension private static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension private static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @TempDir private Path folder;

  @BeforeAll
  static void fill() {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no script(1) here");
    try (RespClient client = SOURCE.client()) {
      client.call("DEBUG", "POPULATE", "20000", "key", "100");
    }
  }

  @Test
  void aBarIsDrawnOverWhereItStands() throws Exception {
    String shown = fullSync(Map.of("TERM", "xterm"));
    assertThat(shown).containsPattern("FULL_SYNC  \\[=* *>? *]  \\d+%");
    assertThat(shown.split("\r\u001b\\[K"))
        .filteredOn(line -> line.startsWith("FULL_SYNC"))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line).hasSizeLessThan(COLUMNS));
    assertThat(shown)
        .contains("20,000 keys in the full sync", "exit 0")
        .contains("Asking source and target whether it may begin …\r\u001b[K");
  }

  @Test
  void whoWantsNoColoursHasTheBarAllTheSame() throws Exception {
    assertThat(fullSync(Map.of("TERM", "xterm", "NO_COLOR", "1")))
        .containsPattern("FULL_SYNC  \\[=* *>? *]  \\d+%")
        .doesNotContainPattern("\u001b\\[[0-9;]*m");
  }

  @Test
  void plainLinesFollowEachOtherWhereNobodyWantsItDrawn() throws Exception {
    String shown = fullSync(Map.of("TERM", "dumb"));
    assertThat(shown)
        .doesNotContain("\u001b", "[=")
        .contains("FULL_SYNC  ", "exit 0", "may begin …\r\n");
  }

  private String fullSync(Map<String, String> environment)
      throws IOException, InterruptedException {
    TARGET.flush();
    String sync =
        String.join(
            " ",
            "stty cols " + COLUMNS + ";",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar",
            System.getProperty("cachesync.agent.jar"),
            "sync --full-only --limit-mb 1 --task terminal --source " + SOURCE.uri(),
            "--target " + TARGET.uri(),
            "--work-dir " + folder.resolve("work") + ";",
            "echo exit $?");
    Path typescript = folder.resolve("typescript");
    ProcessBuilder builder =
        new ProcessBuilder("/usr/bin/script", "-qc", sync, typescript.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(typescript, StandardCharsets.UTF_8);
  }
}
