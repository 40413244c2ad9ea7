package io.cachesync.proof;

import io.cachesync.contract.FaultCode;
import io.cachesync.proof.Trouble.Step;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;

/** Troubles of a source that is a replica. */
record ReplicaTroubles(Pair pair, ReplicaSource source, Engines engines, SourceWriters writer) {
  private static final int BURST = 700;
  private static final String SMALLEST_BACKLOG = "16384";
  private static final long OVERRUN_BYTES = 4 * 16384;
  private static final Duration SOON = Duration.ofSeconds(5);

  void make(Step step) {
    if (source.master() == source.replica()) {
      // It was promoted: there is nothing above it any more.
      Pause.millis(step.millis(0, 100));
      return;
    }
    if (step.trouble().compareTo(Trouble.REPLICA_PROMOTED) >= 0) {
      changeHistory();
    }
    switch (step.trouble()) {
      case REPLICA_CUT -> source.wire().cut();
      case REPLICA_STALLED -> {
        source.wire().stall();
        writer.burst(step.oneOf(2) * BURST);
        Pause.millis(step.millis(50, 2000));
        source.wire().resume();
      }
      case REPLICA_ALONE -> {
        source.wire().accept(false);
        writer.burst(step.oneOf(2) * BURST);
        Pause.millis(step.millis(50, 2500));
        source.wire().accept(true);
      }
      case REPLICA_RESYNCED -> resync();
      case REPLICA_PROMOTED -> promote(step);
      case REPLICA_REPOINTED -> repoint(step);
      case REPLICA_MASTER_RESTARTED -> restartMaster();
      case REPLICA_MASTER_LOST_WRITES -> loseWrites(step);
      default -> throw new IllegalArgumentException("none of a replica: " + step);
    }
  }

  /** Who is away while it changes twice does not know it any more. */
  private void changeHistory() {
    if (source.hasChangedItsHistory()) {
      engines.awaitApplied(pair);
    }
    source.changesItsHistory();
  }

  /** Its master has written more meanwhile than it keeps. */
  private void resync() {
    startsAfresh();
    RedisServer master = source.master();
    source.wire().accept(false);
    master.config("repl-backlog-size", SMALLEST_BACKLOG);
    long from = master.replOffset();
    Pause.until(
        SOON,
        () -> {
          writer.burst(BURST);
          return master.replOffset() - from > OVERRUN_BYTES;
        });
    source.wire().accept(true);
    source.settle();
    master.config("repl-backlog-size", ReplicaSource.LARGE_BACKLOG);
  }

  /** With all that its master has, or without the last of it. */
  private void promote(Step step) {
    if (step.oneOf(2) == 0) {
      source.wire().stall();
      writer.burst(BURST);
      Pause.millis(step.millis(20, 300));
    }
    writer.between(
        () -> {
          if (step.oneOf(2) != 0) {
            source.settle();
          }
          ReplicaSource.slaveOf(source.replica(), 0);
          source.master(source.replica());
        });
    source.wire().resume();
  }

  /** By its address, or by where the address leads; below 4.0 that is another history. */
  private void repoint(Step step) {
    if (!source.master().version().atLeast(ServerVersion.V6_0)) {
      startsAfresh();
    }
    RedisServer former = source.master();
    RedisServer next = source.spare();
    writer.between(
        () -> {
          source.keepExpired(true);
          source.awaitThatHas(next, former);
          source.settle();
          ReplicaSource.slaveOf(next, 0);
          handOver(former, next, step.oneOf(2) == 0);
          source.keepExpired(false);
        });
  }

  private void handOver(RedisServer former, RedisServer next, boolean byAddress) {
    source.follow(next, byAddress);
    ReplicaSource.slaveOf(former, next.port());
  }

  /** Before 7.0 it has another history then. */
  private void restartMaster() {
    if (!source.master().version().atLeast(ServerVersion.V7_0)) {
      startsAfresh();
    }
    writer.between(
        () -> {
          source.keepExpired(true);
          source.settle();
          source.master().restart();
          source.keepExpired(false);
        });
  }

  private void loseWrites(Step step) {
    startsAfresh();
    RedisServer former = source.master();
    RedisServer next = source.spare();
    writer.between(
        () -> {
          source.awaitThatHas(next, former);
          ReplicaSource.slaveOf(next, 0);
        });
    writer.burst(BURST);
    Pause.millis(step.millis(20, 300));
    writer.between(() -> handOver(former, next, step.oneOf(2) == 0));
  }

  /** What the replica then holds has not come to it by its stream. */
  private void startsAfresh() {
    engines.excuse(FaultCode.BACKLOG_OVERRUN);
    engines.excuse(FaultCode.SOURCE_REPLACED);
  }
}
