package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.sample.SampleWriter;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.Phase;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.ServerVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Each link writes to each master: what a link holds for one must be little. */
class ManyMastersIT {
  private static final int MASTERS = 12;
  private static final long KEYS = 6_000;

  @RegisterExtension
  static final ClusterServers SOURCE = new ClusterServers(ServerVersion.V7_0, MASTERS).patient();

  @RegisterExtension
  static final ClusterServers TARGET = new ClusterServers(ServerVersion.V7_0, MASTERS).patient();

  @TempDir private Path folder;

  @Test
  void linksAndMastersTogetherFitIntoASmallHeap() throws Exception {
    RedisEndpoint source = new RedisEndpoint(Topology.CLUSTER, SOURCE.addresses(), "", null);
    try (SampleWriter writer = SampleWriter.connect(source, "")) {
      writer.fill(KEYS, 5);
    }
    try (AgentProcess agent =
        AgentProcess.syncWith(
            List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            "--source",
            uri(SOURCE),
            "--target",
            uri(TARGET),
            "--work-dir",
            folder.toString())) {
      JobReport report = agent.awaitPhase(Phase.INCREMENTAL);
      assertThat(report.links()).hasSize(MASTERS);
      agent.terminate();
      assertThat(agent.exitCode()).as(agent.output()).isEqualTo(130);
    }
    finish();
    assertThat(DatasetComparer.compare(SOURCE, TARGET)).isEmpty();
  }

  private static void finish() {
    try (AgentProcess finish =
        AgentProcess.start(Map.of(), "finish", "--source", uri(SOURCE), "--target", uri(TARGET))) {
      assertThat(finish.exitCode()).as(finish.output()).isZero();
    }
  }

  private static String uri(ClusterServers cluster) {
    return "redis-cluster://" + String.join(",", cluster.addresses());
  }
}
