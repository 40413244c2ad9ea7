package io.cachesync.bench;

import io.cachesync.contract.JobReport;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.Folders;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import java.nio.file.Path;
import java.util.List;

/** Who copies, and goes on with what is written then. */
enum Copier {
  /** {@code REPLICAOF} at each target, of the source with the same number. */
  NATIVE {
    @Override
    Running start(Ends ends, List<String> javaOptions) {
      for (int i = 0; i < ends.sources().size(); i++) {
        try (RespClient target = ends.targets().get(i).client()) {
          target.call("REPLICAOF", "127.0.0.1", Integer.toString(ends.sources().get(i).port()));
        }
      }
      return new Replica(ends);
    }
  },
  /** The agent, as the runnable jar. */
  AGENT {
    @Override
    Running start(Ends ends, List<String> javaOptions) {
      Path folder = Folders.create("bench");
      AgentProcess process =
          AgentProcess.syncWith(
              javaOptions,
              "--source",
              ends.sourceAddress(),
              "--target",
              ends.targetAddress(),
              "--work-dir",
              folder.toString(),
              "--skip-precheck",
              "--progress",
              "none");
      return new Agent(process, folder);
    }
  };

  /** Something that copies. */
  interface Running extends AutoCloseable {
    /** Throws where it has ended by itself. */
    void verifyAlive();

    /** Waits until it follows the source's stream. */
    void awaitStreaming();

    /** What it has cost besides the servers. */
    Cost cost();

    /** What it has received and the target does not have yet, by its last report. */
    long waitingBytes();

    /** Stands still: takes nothing, and leaves the connections as they are. */
    void freeze();

    void thaw();

    @Override
    void close();
  }

  /** Starts to copy. */
  abstract Running start(Ends ends, List<String> javaOptions);

  private record Replica(Ends ends) implements Running {
    @Override
    public void verifyAlive() {
      for (RedisServer target : ends.targets()) {
        if (!target.isAlive()) {
          throw new IllegalStateException(target.log());
        }
      }
    }

    @Override
    public void awaitStreaming() {
      Waiting.until(
          "a replica that is up",
          this,
          () -> {
            try (RespClient target = ends.target().client()) {
              return "up".equals(target.info("replication").get("master_link_status"));
            }
          });
    }

    @Override
    public Cost cost() {
      return Cost.NOTHING;
    }

    @Override
    public long waitingBytes() {
      return 0;
    }

    @Override
    public void freeze() {
      ends.target().freeze();
    }

    @Override
    public void thaw() {
      ends.target().thaw();
    }

    @Override
    public void close() {
      for (RedisServer server : ends.targets()) {
        try (RespClient target = server.client()) {
          target.call("REPLICAOF", "NO", "ONE");
        }
      }
    }
  }

  private record Agent(AgentProcess process, Path folder) implements Running {
    @Override
    public void verifyAlive() {
      if (!process.isAlive()) {
        throw new IllegalStateException(process.output());
      }
    }

    @Override
    public void awaitStreaming() {
      process.awaitReport("a link in its stream", Agent::streams);
    }

    private static boolean streams(JobReport report) {
      return report.phase() == Phase.INCREMENTAL;
    }

    @Override
    public Cost cost() {
      return Cost.of(List.of(process.pid()));
    }

    @Override
    public long waitingBytes() {
      return process.lastReport().links().get(0).relayWaitingBytes();
    }

    @Override
    public void freeze() {
      process.freeze();
    }

    @Override
    public void thaw() {
      process.thaw();
    }

    @Override
    public void close() {
      process.terminate(); // So that a flight recording is written.
      process.exitCode();
      process.close();
      Folders.delete(folder);
    }
  }
}
