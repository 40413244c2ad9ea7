package io.cachesync.proof;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.proof.Trouble.Step;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Makes troubles, and takes them away again. */
final class Troubles {
  private static final int BURST = 700;
  private static final long SLOW_BYTES_PER_SECOND = 400_000;

  private final Pair pair;
  private final Wires wires;
  private final Engines engines;
  private final SourceWriters writer;
  private final boolean foreign;
  private int marks;

  /** The node of the target that has this trouble, and the wire to it. */
  private RedisServer node;

  private FaultProxy wire;

  /**
   * @param foreign whether what only the target has may be somebody else's
   */
  Troubles(Pair pair, Wires wires, Engines engines, SourceWriters writer, boolean foreign) {
    this.foreign = foreign;
    this.pair = pair;
    this.wires = wires;
    this.engines = engines;
    this.writer = writer;
  }

  void make(Step step) {
    List<RedisServer> masters = pair.target().masters();
    node = masters.get(step.oneOf(masters.size()));
    wire = wires.targets().get(pair.target().nodes().indexOf(node));
    switch (step.trouble()) {
      case CUT_SOURCE -> wires.sources().get(step.oneOf(wires.sources().size())).cut();
      case CUT_TARGET -> wire.cut();
      case CUT_TARGET_LATER -> {
        wire.cutAfter(step.millis(1, 40_000));
        Pause.millis(200);
        wire.cutAfter(Long.MAX_VALUE);
      }
      case STALL_TARGET -> {
        wire.stall();
        Pause.millis(step.millis(50, 1500));
        wire.resume();
      }
      case SLOW_TARGET -> {
        wire.slow(step.millis(15_000, 100_000));
        Pause.millis(600);
        wire.slow(0);
      }
      case BUSY_TARGET -> makeBusy(step.millis(50, 600)).join();
      case PAUSED_TARGET -> pauseTarget(step.millis(50, 600));
      case READ_ONLY_TARGET -> makeReadOnly(step.millis(0, 150));
      case FULL_TARGET -> fill(step.millis(0, 150));
      case REFUSES_UNSEEN -> refuseUnseen(step.millis(10, 80));
      case PAUSE -> pause(step.millis(50, 2000), () -> {});
      case STOP -> stop();
      case AFRESH -> beginAfresh(step.millis(0, 400));
      case AFRESH_KILLED -> {
        beginAfresh(step.millis(0, 400));
        Pause.millis(step.millis(0, 300));
        engines.current().kill();
        engines.start();
      }
      case SET_BACK,
          SET_BACK_IN_COPY,
          SET_BACK_INTO_COPY,
          SET_BACK_KILLED,
          KILLED_OFTEN,
          KILLED_OFTEN_IN_COPY,
          FAILED_OVER_IN_COPY,
          LOST_WRITES_IN_COPY,
          SOURCE_SET_BACK,
          BOTH_SET_BACK ->
          new Comebacks(pair, wires, engines, writer, node).make(step);
      case FROZEN_NODE, MOVED_SLOTS, FAILED_OVER, LOST_WRITES, CUT_IN_ROUND ->
          new ClusterTroubles((ClusterTarget) pair.target().whole(), node, wire, writer).make(step);
      case SOURCE_FROZEN,
          SOURCE_FAILED_OVER,
          SOURCE_LOST_WRITES,
          SOURCE_MOVED_SLOTS,
          SOURCE_MOVED_UNSEEN,
          SOURCE_MOVED_AND_BACK ->
          new SourceTroubles((ProofSource.Cluster) pair.source(), engines, writer).make(step);
      case REPLICA_CUT,
          REPLICA_STALLED,
          REPLICA_ALONE,
          REPLICA_RESYNCED,
          REPLICA_PROMOTED,
          REPLICA_REPOINTED,
          REPLICA_MASTER_RESTARTED,
          REPLICA_MASTER_LOST_WRITES ->
          new ReplicaTroubles(pair, (ReplicaSource) pair.source(), engines, writer).make(step);
      case SOURCE_DRAINED,
          SOURCE_DRAINED_KILLED,
          SOURCE_DRAINED_UNSEEN,
          SOURCE_DRAIN_GIVEN_UP,
          SOURCE_DRAINED_AND_BACK ->
          new Drains((ProofSource.Cluster) pair.source(), pair, engines, foreign).make(step);
      default -> end(step);
    }
  }

  private void end(Step step) {
    switch (step.trouble()) {
      case KILL -> engines.current().kill();
      case KILL_AND_WAIT -> {
        engines.current().kill();
        Pause.millis(step.millis(50, 1500));
      }
      case LOSE_HOST -> {
        engines.current().kill();
        engines.loseFolder();
      }
      case KILL_UNFETCHED -> killUnfetched(step.millis(20, 150));
      case KILL_IN_DOUBT -> killInDoubt(step.millis(1200, 2000), step.size() < 0.5);
      case KILL_BUSY -> {
        killBusy(step.millis(5, 80));
        return;
      }
      case FREEZE -> {
        freeze(false);
        return;
      }
      case FREEZE_BUSY -> {
        freeze(true);
        return;
      }
      default -> throw new IllegalArgumentException("unknown trouble " + step);
    }
    engines.start();
  }

  /** The target has much of the engine's in its socket when the next engine comes. */
  private void killBusy(long underWayMillis) {
    wire.stall();
    writer.burst(BURST);
    writer.burstOfReplacing(2 * BURST);
    Pause.millis(60);
    CompletableFuture<Void> busy = makeBusy(400);
    Pause.millis(30);
    wire.resume();
    Pause.millis(underWayMillis);
    engines.current().kill();
    engines.start();
    busy.join();
  }

  /** The source gives no answer while the target is given what is late. */
  private void killInDoubt(long pauseMillis, boolean hostIsLost) {
    pause(pauseMillis, wires::stallSources);
    Pause.millis(60);
    engines.current().kill();
    wires.resumeSources();
    if (hostIsLost) {
      engines.loseFolder();
    }
  }

  private void killUnfetched(long leftOutMillis) {
    writer.burstOfReplacing(BURST);
    pause(
        60,
        () -> {
          writer.burstOfCopies(BURST / 4);
          Pause.millis(150);
          wires.stallSources();
        });
    Pause.millis(leftOutMillis);
    engines.current().kill();
    wires.resumeSources();
  }

  private void freeze(boolean busy) {
    Engine former = engines.current();
    if (former.phase() == Phase.CONNECTING) {
      // It must have been there first, or it is right when it ends the other one.
      engines.await("in the stream", () -> former.phase() == Phase.INCREMENTAL);
    }
    if (busy) {
      sendMuchSlowly();
      isHalfWay();
    }
    former.freeze();
    if (pair.source() instanceof ProofSource.Cluster) {
      // Two in one folder damage the relay log, and without it lost writes cannot be told.
      engines.loseFolder();
    }
    wire.slow(0);
    wire.resume();
    Engine next = engines.start();
    Pause.until(Duration.ofMillis(1500), () -> next.phase() == Phase.INCREMENTAL);
    if (busy) {
      replaceAgain(next);
    }
    former.thaw();
    engines.awaitFenced(former);
  }

  /**
   * Lets much that only replaces, and so may go without a transaction, begin its way to the target.
   * Once half of it is there no reply comes back any more.
   */
  private void sendMuchSlowly() {
    String mark = "mark" + ++marks;
    FaultProxy target = wire;
    target.stall();
    writer.burstOfReplacing(6 * BURST, mark);
    Pause.millis(60);
    target.slow(SLOW_BYTES_PER_SECOND);
    target.resume();
    target.holdRepliesFrom(mark);
  }

  /** So that what is still on the former's wire would put older values in place of newer ones. */
  private void replaceAgain(Engine engine) {
    writer.burstOfReplacing(2 * BURST);
    Pause.millis(60);
    Map<String, Long> offsets = pair.sourceOffsets(wires);
    Pause.until(Duration.ofMillis(1500), () -> engine.hasApplied(offsets));
  }

  private boolean isHalfWay() {
    return Pause.until(Duration.ofMillis(1500), wire::repliesHeld);
  }

  private void pause(long millis, Runnable beforeItGoesOn) {
    engines.current().direct(Desired.PAUSE);
    Pause.millis(millis);
    beforeItGoesOn.run();
    engines.current().direct(Desired.RUN);
  }

  private void stop() {
    Engine former = engines.current();
    former.direct(Desired.STOP);
    if (!Pause.until(Duration.ofSeconds(12), () -> former.end().isPresent())) {
      throw new Lost(Lost.How.STUCK, "the engine does not stop");
    }
    engines.start();
  }

  /** After some time in which the source goes on without us. */
  private void beginAfresh(long awayMillis) {
    engines.current().kill();
    Pause.millis(awayMillis);
    engines.startAfresh();
  }

  private CompletableFuture<Void> makeBusy(long millis) {
    return CompletableFuture.runAsync(
        () -> {
          try (RespClient client = node.client()) {
            client.call("DEBUG", "SLEEP", Double.toString(millis / 1000.0));
          }
        });
  }

  private void pauseTarget(long millis) {
    if (!node.version().atLeast(ServerVersion.V3_2)) {
      makeBusy(millis).join();
      return;
    }
    try (RespClient client = node.client()) {
      client.call("CLIENT", "PAUSE", Long.toString(millis));
    }
    Pause.millis(millis);
  }

  private void makeReadOnly(long millis) {
    engines.excuse(FaultCode.TARGET_READ_ONLY);
    writer.burstOfReplacing(3 * BURST);
    Pause.millis(12);
    try (RespClient client = node.client()) {
      client.call("SLAVEOF", "127.0.0.1", "1");
      Pause.millis(millis);
      client.call("SLAVEOF", "NO", "ONE");
    }
  }

  private void fill(long millis) {
    engines.excuse(FaultCode.TARGET_OUT_OF_MEMORY);
    writer.burstOfReplacing(3 * BURST);
    Pause.millis(12);
    refuse(millis);
  }

  /** What was refused went plain, and what is sent behind it is not refused any more. */
  private void refuseUnseen(long millis) {
    engines.excuse(FaultCode.TARGET_OUT_OF_MEMORY);
    FaultProxy target = wire;
    sendMuchSlowly();
    if (isHalfWay()) {
      refuse(millis);
      target.slow(0);
      Pause.millis(250);
    }
    target.slow(0);
    target.resume();
  }

  private void refuse(long millis) {
    try (RespClient client = node.client()) {
      client.call("CONFIG", "SET", "maxmemory", "1");
      Pause.millis(millis);
      client.call("CONFIG", "SET", "maxmemory", "0");
    }
  }
}
