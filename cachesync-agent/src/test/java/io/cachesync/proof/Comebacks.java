package io.cachesync.proof;

import io.cachesync.contract.Phase;
import io.cachesync.proof.Trouble.Step;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Troubles in which something comes back without what it had: the target, also in the middle of a
 * full sync, the source, both at once, and the engine several times.
 *
 * @param node the one of the target that has them
 */
record Comebacks(Pair pair, Wires wires, Engines engines, SourceWriters writer, RedisServer node) {
  private static final int BURST = 700;
  private static final int MOST_KILLS = 4;
  private static final Duration SOON = Duration.ofMillis(1500);

  /** Whether this begins in a full sync, which is then made to last. */
  static boolean areInCopy(Step step) {
    return switch (step.trouble()) {
      case SET_BACK_IN_COPY,
          SET_BACK_INTO_COPY,
          KILLED_OFTEN_IN_COPY,
          FAILED_OVER_IN_COPY,
          LOST_WRITES_IN_COPY ->
          true;
      default -> false;
    };
  }

  /** Makes a full sync last, of which most is over in a moment. */
  static void slow(Wires wires, Step step) {
    // Who takes a cluster asks for the checkpoint of each slot.
    int nodes = wires.targets().size();
    long bytes = step.millis(15_000, 60_000) * (nodes > 1 ? 25 : 1);
    wires.targets().forEach(wire -> wire.slow(bytes));
  }

  void make(Step step) {
    switch (step.trouble()) {
      case SET_BACK -> {
        awaitStream();
        comeBack(step, node.save(), () -> {});
      }
      case SET_BACK_KILLED -> {
        awaitStream();
        comeBack(step, node.save(), () -> killOften(step));
      }
      case SET_BACK_IN_COPY -> {
        byte[] former = copyOnceMore(step);
        byte[] saved = former.length > 0 && step.oneOf(3) == 0 ? former : node.save();
        Pause.millis(step.millis(0, 150));
        node.setBack(saved);
      }
      case SET_BACK_INTO_COPY -> {
        byte[] former = copyOnceMore(step);
        byte[] saved = former.length > 0 && step.oneOf(3) == 0 ? former : node.save();
        atFullSpeed();
        awaitStream();
        comeBack(step, saved, step.oneOf(2) == 0 ? () -> {} : () -> killOften(step));
      }
      case KILLED_OFTEN -> killOften(step);
      case KILLED_OFTEN_IN_COPY -> {
        copyOnceMore(step);
        killOften(step);
      }
      case FAILED_OVER_IN_COPY -> {
        copyOnceMore(step);
        List<RedisServer> replicas = target().replicas();
        target().failOver(replicas.get(step.oneOf(replicas.size())));
      }
      case LOST_WRITES_IN_COPY -> {
        copyOnceMore(step);
        target().takeOverWithout(node, () -> Pause.millis(step.millis(20, 300)));
      }
      case SOURCE_SET_BACK -> {
        engines.awaitApplied(pair);
        setSourceBack(step);
        // A target that is set back behind the loss, to before it, ends the task.
        engines.awaitApplied(pair);
      }
      case BOTH_SET_BACK -> {
        engines.awaitApplied(pair);
        byte[] saved = node.save();
        CompletableFuture<Void> source = CompletableFuture.runAsync(() -> setSourceBack(step));
        Pause.millis(step.millis(20, 500));
        node.setBack(saved);
        source.join();
        engines.awaitApplied(pair);
      }
      default -> throw new IllegalArgumentException("nothing comes back in " + step);
    }
    atFullSpeed();
  }

  /**
   * Lets a full sync be under way that takes its time.
   *
   * @return what the target held before it, or nothing where the first one is still under way
   */
  private byte[] copyOnceMore(Step step) {
    byte[] former = {};
    if (hasCopied()) {
      awaitStream();
      former = node.save();
      engines.current().kill();
      slow(wires, step);
      engines.startAfresh();
    }
    engines.await("at its full sync", () -> isAtCopy(engines.current().phase()));
    Pause.until(SOON, () -> engines.current().phase() != Phase.FULL_SYNC_WAITING);
    Pause.millis(step.millis(0, 250));
    return former;
  }

  /** Whether it has told the target that it is there: what was there before tells of no task. */
  private static boolean isAtCopy(Phase phase) {
    return phase != Phase.CONNECTING && phase != Phase.RETRYING;
  }

  private boolean hasCopied() {
    Phase phase = engines.current().phase();
    return phase == Phase.INCREMENTAL || phase == Phase.RETRYING;
  }

  private void atFullSpeed() {
    wires.targets().forEach(wire -> wire.slow(0));
  }

  private void comeBack(Step step, byte[] saved, Runnable meanwhile) {
    writer.burst(BURST);
    writer.burstOfReplacing(BURST);
    Pause.millis(step.millis(0, 600));
    CompletableFuture<Void> back = CompletableFuture.runAsync(() -> node.setBack(saved));
    meanwhile.run();
    back.join();
  }

  private void killOften(Step step) {
    for (int i = 0; i <= 1 + step.oneOf(MOST_KILLS); i++) {
      engines.current().kill();
      engines.start();
      Pause.millis(step.millis(0, 200) * (1 + i % 2));
    }
  }

  private void setSourceBack(Step step) {
    List<RedisServer> masters = pair.source().masters();
    RedisServer master = masters.get(step.oneOf(masters.size()));
    Runnable lost =
        () -> {
          if (step.oneOf(3) == 0) {
            writer.burstOfReplacing(BURST / 4);
          } else {
            writer.burst(BURST);
          }
          Pause.millis(step.millis(20, 300));
        };
    if (pair.source() instanceof ProofSource.Cluster source) {
      source.cluster().takeOverWithout(master, lost);
      return;
    }
    byte[] saved = master.save();
    lost.run();
    master.setBack(saved);
  }

  private void awaitStream() {
    engines.await("in the stream", () -> engines.current().phase() == Phase.INCREMENTAL);
  }

  private ClusterServers target() {
    return ((ClusterTarget) pair.target().whole()).cluster();
  }
}
