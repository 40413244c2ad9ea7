package io.cachesync.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/** What keeps a sync from beginning has in its report the code that it would have while running. */
class BlockedStartIT {
  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);

  @TempDir private Path folder;

  @Test
  void aTargetThatIsFull() throws Exception {
    try (RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = target.client()) {
      client.call("SET", "key", "v");
      client.call("CONFIG", "SET", "maxmemory", "1mb");
      assertThat(codeOf(target)).isEqualTo("TARGET_OUT_OF_MEMORY");
    }
  }

  @Test
  void aTargetThatIsAReplica() throws Exception {
    try (RedisServer target =
        new RedisServer(ServerVersion.V7_0)
            .option("replicaof", "127.0.0.1 " + RedisServer.freePort())
            .start()) {
      assertThat(codeOf(target)).isEqualTo("TARGET_READ_ONLY");
    }
  }

  @Test
  void aTargetWhoseUserMayNotWrite() throws Exception {
    try (RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        RespClient client = target.client()) {
      client.call("ACL", "SETUSER", "default", "-restore");
      assertThat(codeOf(target)).isEqualTo("NO_PERMISSION");
    }
  }

  private String codeOf(RedisServer target) throws Exception {
    Path report = folder.resolve("report");
    StringWriter said = new StringWriter();
    CommandLine all =
        AgentCommand.commandLine()
            .setOut(new PrintWriter(said, true))
            .setErr(new PrintWriter(said, true));
    int code =
        AgentCommand.execute(
            all,
            "sync",
            "--source",
            SOURCE.uri(),
            "--target",
            target.uri(),
            "--report-file",
            report.toString(),
            "--work-dir",
            folder.resolve("work").toString());
    assertThat(code).as("%s", said).isEqualTo(ExitCode.FOUND);
    List<String> lines = Files.readAllLines(report);
    assertThat(lines).hasSize(1);
    return new JsonMapper().readTree(lines.get(0)).at("/fault/code").asString();
  }
}
