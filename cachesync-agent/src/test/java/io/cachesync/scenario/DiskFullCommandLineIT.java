package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import io.cachesync.testkit.SmallDisk;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The agent with all that it keeps, its log too, on a disk that fills. */
class DiskFullCommandLineIT {
  /** More than the ring in memory, 16 MB, and what is left of the disk. */
  private static final int APPENDS = 400;

  @Test
  void saysThatItsDiskIsFullAndGoesOnOnceThereIsRoom() throws Exception {
    try (RedisServer source =
            new RedisServer(ServerVersion.V7_0).option("repl-backlog-size", "128mb").start();
        RedisServer target = new RedisServer(ServerVersion.V7_0).start();
        FaultProxy slow = new FaultProxy(target.port());
        SmallDisk disk = new SmallDisk(48 << 20)) {
      String[] sync = {
        "--source", source.uri(), "--target", slow.uri(), "--work-dir", disk.folder().toString()
      };
      append(source, 1);
      try (AgentProcess agent = AgentProcess.sync(sync)) {
        agent.awaitPhase(Phase.INCREMENTAL);
        disk.leave(1 << 20);
        slow.stall();
        append(source, APPENDS);
        // Not by the disk alone: it may be full for a moment, and what the target takes makes room.
        Awaitility.await("the agent leaves the source").until(() -> !isFollowed(source));
        assertThat(disk.freeBytes()).as(agent.output()).isZero();
        slow.resume();
        assertThat(agent.exitCode()).as(agent.output()).isEqualTo(1);
        JobReport last = agent.lastReport();
        assertThat(last.phase()).isEqualTo(Phase.FAILED);
        assertThat(last.fault().code()).isEqualTo(FaultCode.DISK_FULL);
        assertThat(agent.output())
            .contains("DISK_FULL: ", "No space left on device", "--work-dir DIR", "its checkpoint")
            .doesNotContain("INTERNAL", "Exception");
      }
      disk.makeRoom();
      try (AgentProcess agent = AgentProcess.sync(sync)) {
        append(source, 1);
        agent.awaitApplied(source.replOffset());
        assertThat(agent.reports()).noneMatch(report -> report.phase() == Phase.FULL_SYNC);
        agent.terminate();
        assertThat(agent.exitCode()).as(agent.output()).isEqualTo(130);
      }
      try (AgentProcess finish =
          AgentProcess.start(
              Map.of(), "finish", "--source", source.uri(), "--target", slow.uri())) {
        assertThat(finish.exitCode()).as(finish.output()).isZero();
      }
      assertThat(target.digest()).isEqualTo(source.digest());
    }
  }

  private static boolean isFollowed(RedisServer source) {
    try (RespClient client = source.client()) {
      return !client.info("replication").get("connected_slaves").equals("0");
    }
  }

  private static void append(RedisServer source, int times) {
    source.pipeline(
        Stream.generate(() -> new String[] {"APPEND", "text", "x".repeat(100_000)})
            .limit(times)
            .toList());
  }
}
