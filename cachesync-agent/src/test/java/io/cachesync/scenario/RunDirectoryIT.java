package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.job.ContractJson;
import io.cachesync.agent.job.JobExit;
import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.Phase;
import io.cachesync.contract.StartMode;
import io.cachesync.contract.StartSpec;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A job directory and its console. */
class RunDirectoryIT {
  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @TempDir private Path folder;

  private Path job;
  private Migration migration;

  @BeforeEach
  void start() throws Exception {
    SOURCE.flush();
    TARGET.flush();
    job = folder.resolve("job");
    migration = new Migration(SOURCE, TARGET, 500, job);
    migration.fill();
    migration.startAgent();
    migration.await("the stream", link -> link.phase() == Phase.INCREMENTAL);
  }

  @AfterEach
  void end() {
    migration.close();
  }

  @Test
  void secretsAreDeletedOnceReadAndTheProcessIsNoted() throws Exception {
    assertThat(job.resolve("secrets.json")).doesNotExist();
    assertThat(Files.readString(job.resolve("pid")))
        .startsWith(migration.agent().pid() + " ")
        .matches("\\d+ \\d+\n");
  }

  @Test
  void anOlderIncarnationEndsAtOnceAndLeavesTheTargetAlone() throws Exception {
    migration.console().refuseOlderThan(2);
    assertThat(migration.agent().exitCode()).isEqualTo(1);
    JobExit exit = ContractJson.read(Files.readString(job.resolve("exit.json")), JobExit.class);
    assertThat(exit.code()).isEqualTo(1);
    assertThat(exit.report().fault().code()).isEqualTo(FaultCode.FENCED);
    write("after", "1");
    migration.startAgent();
    migration.awaitCaughtUp();
    assertThat(migration.finish()).isZero();
    DatasetComparer.assertEqual(SOURCE, TARGET);
  }

  @Test
  void goesOnWithoutItsConsoleAndStopsByASignal() throws Exception {
    migration.console().close();
    write("while-away", "1");
    Awaitility.await()
        .until(
            () -> {
              try (RespClient client = TARGET.client()) {
                return "1".equals(client.text("GET", "while-away"));
              }
            });
    migration.agent().terminate();
    assertThat(migration.agent().exitCode()).isEqualTo(130);
    JobExit exit = ContractJson.read(Files.readString(job.resolve("exit.json")), JobExit.class);
    assertThat(exit.code()).isEqualTo(130);
    assertThat(exit.report().phase()).isEqualTo(Phase.STOPPED);
  }

  @Test
  void stopsPausesAndLimitsAsTheConsoleSays() throws Exception {
    migration.console().direct(Desired.PAUSE, LimitSpec.none());
    migration.await("a pause", link -> link.phase() == Phase.PAUSED);
    write("paused", "1");
    migration.await("the write waits", link -> link.relayWaitingBytes() > 0);
    migration.console().direct(Desired.RUN, new LimitSpec(0, 1000));
    migration.awaitCaughtUp();
    assertThat(migration.log()).contains("1000 commands/s");
    migration.console().direct(Desired.STOP, LimitSpec.none());
    assertThat(migration.agent().exitCode()).isEqualTo(130);
    assertThat(migration.console().last(1).phase()).isEqualTo(Phase.STOPPED);
  }

  @Test
  void anAgentKilledBehindTheRemovalOfItsKeysIsDoneAtItsNextStart() throws Exception {
    migration.awaitCaughtUp();
    migration.proxy().holdRepliesFrom("cachesync:claim", "EXEC");
    migration.console().direct(Desired.FINISH, LimitSpec.none());
    try (RespClient target = TARGET.client()) {
      Awaitility.await().until(migration.proxy()::repliesHeld);
      Awaitility.await().until(() -> target.call("EXISTS", "cachesync:claim").equals(0L));
      migration.agent().kill();
      migration.proxy().resume();
      target.call("SET", "written-since", "1");

      migration.startAgent(new StartSpec(StartMode.MUST_RESUME, Desired.FINISH));

      assertThat(migration.agent().exitCode()).as(migration.log()).isZero();
      assertThat(migration.console().last(2).phase()).isEqualTo(Phase.DONE);
      assertThat(migration.console().reports(2))
          .noneMatch(report -> report.phase() == Phase.FULL_SYNC);
      assertThat(target.call("DEL", "written-since")).isEqualTo(1L);
    }
    DatasetComparer.assertEqual(SOURCE, TARGET);
  }

  private static void write(String key, String value) {
    try (RespClient client = SOURCE.client()) {
      client.call("SET", key, value);
    }
  }
}
