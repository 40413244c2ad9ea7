package io.cachesync.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.Desired;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.AgentProcess;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data of every type, writes of every type before, during and after the full sync, an agent that is
 * killed again and again: in the end both sides are equal.
 */
abstract class KillScenario {
  private static final long KEYS = 20_000;
  private static final long RATE = 1500;

  /** Slow enough that the full sync of this data takes seconds. */
  private static final long SLOW_FULL_SYNC = 1_500_000;

  /** That the last part of it takes seconds too, and a report of it is seen on a busy machine. */
  private static final long SLOW_END = 100_000;

  /** The share from which on the last part is that slow. */
  private static final double END = 0.7;

  private static final long SLOW_STREAM = 20_000;

  private final ServerVersion sourceVersion;
  private final ServerVersion targetVersion;
  private final List<Kill> kills;

  @TempDir private Path folder;

  KillScenario(ServerVersion version, List<Kill> kills) {
    this.sourceVersion = version;
    this.targetVersion = version;
    this.kills = kills;
  }

  @Test
  void bothSidesAreEqualHoweverOftenTheAgentIsKilled() throws Exception {
    // A backlog that outlasts an agent's start on a machine that is busy with other tests.
    try (RedisServer source =
            new RedisServer(sourceVersion).option("repl-backlog-size", "64mb").start();
        RedisServer target = new RedisServer(targetVersion).start();
        Migration migration = new Migration(source, target, KEYS, folder.resolve("job"))) {
      migration.fill();
      migration.startWriting(RATE);
      for (Kill kill : kills) {
        kill(kill, migration, target);
      }
      migration.startAgent();
      migration.awaitCaughtUp();
      assertThat(migration.stopWriting()).isPositive();
      migration.awaitCaughtUp();
      LinkStatus link = migration.console().last(migration.incarnation()).links().get(0);
      assertThat(link.ledger().balanced()).as("%s", link.ledger()).isTrue();
      assertThat(link.ledger().deadLetters()).isZero();
      assertThat(migration.finish()).as(migration.agent().output()).isZero();
      assertEqual(source, target);
    }
  }

  private static void assertEqual(RedisServer source, RedisServer target) {
    try (RespClient client = target.client()) {
      assertThat(client.list("KEYS", "cachesync:*")).isEmpty();
    }
    DatasetComparer.assertEqual(source, target);
    assertThat(target.digest()).isEqualTo(source.digest());
  }

  private static void kill(Kill kill, Migration migration, RedisServer target) throws IOException {
    switch (kill) {
      case FULL_SYNC -> killInFullSync(migration, 0.01);
      case FULL_SYNC_LATE -> killInFullSync(migration, 0.9);
      case FULL_SYNC_END -> {
        AgentProcess agent = migration.startAgent();
        migration.await("the stream", link -> link.phase() == Phase.INCREMENTAL);
        killIn(Phase.INCREMENTAL, agent, migration);
      }
      case STREAM -> {
        AgentProcess agent = migration.startAgent();
        awaitStream(migration);
        killIn(Phase.INCREMENTAL, agent, migration);
      }
      case PAUSED -> killPaused(migration);
      case BEHIND -> killBehind(migration);
      case BUSY_TARGET -> killWithABatchInTheSocket(migration, target);
      case FROZEN -> freezeAndReplace(migration);
    }
  }

  private static void killInFullSync(Migration migration, double share) throws IOException {
    migration.proxy().slow(SLOW_FULL_SYNC);
    AgentProcess agent = migration.startAgent();
    awaitCopied(migration, Math.min(share, END));
    if (share > END) {
      migration.proxy().slow(SLOW_END);
      awaitCopied(migration, share);
    }
    killIn(Phase.FULL_SYNC, agent, migration);
    migration.proxy().slow(0);
  }

  private static void awaitCopied(Migration migration, double share) {
    migration.await(
        "a full sync",
        link ->
            link.phase() == Phase.FULL_SYNC
                && link.keysApplied() > 0
                && link.keysApplied() >= link.keys() * share);
  }

  private static void killPaused(Migration migration) throws IOException {
    AgentProcess agent = migration.startAgent();
    awaitStream(migration);
    migration.console().direct(Desired.PAUSE, LimitSpec.none());
    migration.await(
        "a pause with commands waiting",
        link -> link.phase() == Phase.PAUSED && link.relayWaitingBytes() > 50_000);
    killIn(Phase.PAUSED, agent, migration);
    migration.console().direct(Desired.RUN, LimitSpec.none());
  }

  private static void killBehind(Migration migration) throws IOException {
    AgentProcess agent = migration.startAgent();
    awaitStream(migration);
    migration.proxy().slow(SLOW_STREAM);
    migration.await(
        "more waiting than fits into memory",
        link -> link.phase() == Phase.INCREMENTAL && link.relayWaitingBytes() > 300_000);
    killIn(Phase.INCREMENTAL, agent, migration);
    migration.proxy().slow(0);
  }

  /**
   * The next agent starts while the target is still busy with the old one's bytes in its socket.
   */
  private static void killWithABatchInTheSocket(Migration migration, RedisServer target)
      throws IOException {
    AgentProcess agent = migration.startAgent();
    awaitStream(migration);
    target.freeze();
    AgentProcess next;
    try {
      long before = migration.sourceOffset();
      migration.await(
          "a batch under way",
          link -> link.receivedOffset() > before && link.relayWaitingBytes() > 60_000);
      killIn(Phase.INCREMENTAL, agent, migration);
      int connections = migration.proxy().taken();
      next = migration.startAgent();
      Awaitility.await("the next agent comes").until(() -> migration.proxy().taken() > connections);
    } finally {
      target.thaw();
    }
    awaitStream(migration);
    killIn(Phase.INCREMENTAL, next, migration);
  }

  private static void freezeAndReplace(Migration migration) throws IOException {
    AgentProcess first = migration.startAgent();
    long firstIncarnation = migration.incarnation();
    awaitStream(migration);
    first.freeze();
    AgentProcess second = migration.startAgent();
    awaitStream(migration);
    first.thaw();
    assertThat(first.exitCode()).as(first.output()).isEqualTo(1);
    JobReport last = migration.console().last(firstIncarnation);
    assertThat(last.phase()).as("%s", last).isEqualTo(Phase.FAILED);
    awaitStream(migration);
    killIn(Phase.INCREMENTAL, second, migration);
    first.close();
  }

  /** Waits until this agent itself has applied a part of the stream. */
  private static void awaitStream(Migration migration) {
    long offset = migration.sourceOffset();
    migration.await(
        "the stream beyond " + offset,
        link -> link.phase() == Phase.INCREMENTAL && link.appliedOffset() > offset);
  }

  /** A kill counts only in the phase that the agent's last report named. */
  private static void killIn(Phase phase, AgentProcess agent, Migration migration) {
    agent.kill();
    assertThat(migration.console().last(migration.incarnation()).phase()).isEqualTo(phase);
    agent.close();
  }
}
