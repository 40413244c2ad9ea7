package io.cachesync.proof;

import io.cachesync.contract.Phase;
import io.cachesync.proof.Trouble.Step;
import io.cachesync.testkit.ClusterServers;
import io.cachesync.testkit.RedisServer;
import java.util.List;

/** Troubles of a source that is a cluster. */
record SourceTroubles(ProofSource.Cluster source, Engines engines, SourceWriters writer) {
  private static final int BURST = 700;

  /** Of the keys of a slot that moves, so many go before something else happens. */
  private static final int SOME = 6;

  void make(Step step) {
    List<RedisServer> masters = source.masters();
    RedisServer master = masters.get(step.oneOf(masters.size()));
    boolean loses =
        step.trouble() == Trouble.SOURCE_FAILED_OVER
            || step.trouble() == Trouble.SOURCE_LOST_WRITES;
    if (loses) {
      // A snapshot of what is lost later ends a job, as it should.
      engines.await("in the stream", () -> engines.current().phase() == Phase.INCREMENTAL);
    }
    switch (step.trouble()) {
      case SOURCE_FROZEN -> {
        master.freeze();
        Pause.millis(step.millis(50, 700));
        master.thaw();
      }
      case SOURCE_FAILED_OVER -> {
        List<RedisServer> replicas = cluster().replicas();
        cluster().failOver(replicas.get(step.oneOf(replicas.size())));
      }
      case SOURCE_LOST_WRITES -> loseWrites(master, step);
      default -> move(step);
    }
    cluster().awaitAgreement();
  }

  /** Of every key, or of a few: then those beside them are the first to be written behind it. */
  private void loseWrites(RedisServer master, Step step) {
    boolean few = step.oneOf(2) == 0;
    cluster()
        .takeOverWithout(
            master,
            () -> {
              if (few) {
                writer.burstOfReplacing(BURST / 4);
              } else {
                writer.burst(BURST);
              }
              Pause.millis(step.millis(20, 300));
            });
    if (few) {
      writer.burstOfReplacing(BURST);
    }
  }

  private void move(Step step) {
    int slot = source.slot(step.oneOf(source.writers()));
    RedisServer to = otherThan(cluster().ownerOf(slot), step);
    cluster().beginMove(slot, to);
    Pause.millis(step.millis(0, 60));
    cluster().moveKeys(slot, to, SOME);
    switch (step.trouble()) {
      case SOURCE_MOVED_SLOTS -> Pause.millis(step.millis(0, 200));
      case SOURCE_MOVED_UNSEEN -> {
        Pause.millis(step.millis(0, 300));
        engines.current().kill();
      }
      case SOURCE_MOVED_AND_BACK -> {
        comeBack(slot, to, step.millis(0, 1500));
        return;
      }
      default -> throw new IllegalArgumentException("none of a source: " + step);
    }
    cluster().moveSlot(slot, to);
    if (step.trouble() == Trouble.SOURCE_MOVED_UNSEEN) {
      engines.start();
    }
  }

  /** The move is given up; what has gone is removed at the other end, where it had gone. */
  private void comeBack(int slot, RedisServer to, long millis) {
    Pause.millis(millis);
    engines.current().kill();
    cluster().giveUpMove(slot, to);
    engines.start();
  }

  private RedisServer otherThan(RedisServer owner, Step step) {
    List<RedisServer> masters = source.masters();
    int next = 1 + step.oneOf(masters.size() - 1);
    return masters.get((masters.indexOf(owner) + next) % masters.size());
  }

  private ClusterServers cluster() {
    return source.cluster();
  }
}
