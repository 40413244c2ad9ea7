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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a precheck says in the end, to a person and to a program. */
class PrecheckReportIT {
  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();

  @Test
  void endsWithAVerdictInAllThatIsWritten() throws IOException {
    SOURCE.flush();
    TARGET.flush();
    assertThat(precheck()).as(out.toString()).isZero();
    assertThat(out.toString().lines())
        .last()
        .asString()
        .matches("A migration may begin: nothing blocks it, \\d+ warnings?, \\d+ passed\\.");
    assertThat(lines()).last().asString().contains("\"exitCode\":0", "\"blocking\":0");
    try (RespClient client = TARGET.client()) {
      client.call("SET", "there", "before");
    }
    assertThat(precheck()).isEqualTo(3);
    assertThat(out.toString().lines())
        .last()
        .asString()
        .matches("A migration may not begin: 1 finding blocks it, \\d+ warnings?, \\d+ passed\\.");
    assertThat(lines())
        .anySatisfy(line -> assertThat(line).contains("TARGET_EMPTY", "\"BLOCK\""))
        .last()
        .asString()
        .contains("\"verdict\":\"BLOCK\"", "\"exitCode\":3", "\"blocking\":1");
  }

  @Test
  void warnsOfAPasswordThatNobodyAsksFor() {
    SOURCE.flush();
    TARGET.flush();
    String open = "redis://:mistyped@" + SOURCE.address();
    assertThat(precheck(open)).as(out.toString()).isZero();
    assertThat(out.toString())
        .contains("warning The source " + SOURCE.address() + " asks for no password")
        .doesNotContain("mistyped");
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(folder.resolve("report"));
  }

  private int precheck() {
    return precheck(SOURCE.uri());
  }

  private int precheck(String source) {
    CommandLine all = AgentCommand.commandLine().setOut(new PrintWriter(out, true));
    return AgentCommand.execute(
        all,
        "precheck",
        "--source",
        source,
        "--target",
        TARGET.uri(),
        "--report-file",
        folder.resolve("report").toString());
  }
}
