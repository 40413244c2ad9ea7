package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.SentinelServers;
import io.cachesync.testkit.ServerVersion;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every verb finds the master by its sentinels. */
class SentinelCommandLineIT {
  @TempDir private Path folder;

  @Test
  void fillsChecksAndCopiesByTheSentinelsAddresses() throws Exception {
    try (SentinelServers source = SentinelServers.patient(ServerVersion.V7_0);
        SentinelServers target = SentinelServers.patient(ServerVersion.V7_0)) {
      end(0, "generate", "--target", uri(source), "--keys", "2000");
      assertThat(source.master().keys()).isGreaterThan(1000);
      String[] ends = {"--source", uri(source), "--target", uri(target)};
      end(0, "precheck", ends[0], ends[1], ends[2], ends[3]);
      String copied =
          end(
              0,
              "sync",
              ends[0],
              ends[1],
              ends[2],
              ends[3],
              "--full-only",
              "--work-dir",
              folder.toString());
      assertThat(copied).contains("DONE after");
      DatasetComparer.assertEqual(source.master(), target.master());
      String wrong =
          end(4, "probe", "--source", uri(source).replace(SentinelServers.NAME, "sessions"));
      assertThat(wrong).contains("watches no master 'sessions'");
    }
  }

  private static String uri(SentinelServers servers) {
    return "redis-sentinel://%s/?master=%s"
        .formatted(String.join(",", servers.addresses()), SentinelServers.NAME);
  }

  private static String end(int code, String... words) {
    try (AgentProcess agent = AgentProcess.start(Map.of(), words)) {
      assertThat(agent.exitCode()).as(agent.output()).isEqualTo(code);
      return agent.output();
    }
  }
}
