package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.ClusterCheckpointStore;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.entry.ByteSource;
import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;

/** Writes to a cluster: a snapshot by hash slots, then the stream in a lane for each slot. */
public final class ClusterWriter implements TargetWriter {
  private static final int HOLE_ATTEMPTS = 30;
  private static final Duration HOLE_PAUSE = Duration.ofSeconds(1);

  private final ClusterCheckpointStore store;
  private final long graceMillis;
  private final Clock clock;
  private final Exactness exactness;
  private final BatchSize size = new BatchSize();
  private final ExpiringKeys expiring = new ExpiringKeys();

  private volatile ClusterConnections cluster;
  private volatile boolean closed;
  private long sourceAheadMillis;
  private TargetFeatures features;
  private SlotLanes lanes;

  /**
   * @param graceMillis added to every expiry time that is sent
   */
  public ClusterWriter(
      ClusterCheckpointStore store, long graceMillis, Clock clock, Exactness exactness) {
    this.store = store;
    this.graceMillis = graceMillis;
    this.clock = clock;
    this.exactness = exactness;
  }

  @Override
  public ClusterCheckpointStore store() {
    return store;
  }

  @Override
  public void sourceAhead(long millis) {
    sourceAheadMillis = millis;
  }

  @Override
  public void takeOver(boolean acceptNotEmpty, boolean acceptChange) throws IOException {
    store.tryDatabase(store.claim().home());
    use(store.takeOver(acceptNotEmpty, acceptChange));
  }

  /** What the slots have of the last round, their own checkpoints tell. */
  @Override
  public Standing reconnect() throws IOException {
    closeConnections();
    use(store.reconnect());
    SlotLanes former = lanes;
    lanes = null;
    return former != null && former.unacknowledged() != null
        ? Standing.UNANSWERED
        : Standing.AS_LEFT;
  }

  @Override
  public void beginFullSync(boolean wipe) throws IOException {
    lanes = null;
    store.beginGeneration(cluster, wipe);
    expiring.begin();
  }

  @Override
  public SnapshotWrite snapshot(ByteSource bytes, IntPredicate databases, Pace pace) {
    return new SnapshotWrite(
        cluster.masters(),
        cluster::owner,
        features,
        bytes,
        databases,
        store.keys().prefix(),
        expiring,
        pace);
  }

  @Override
  public void completeFullSync(String replId, long offset, int database) throws IOException {
    long generation = store.node().generation();
    store.completeGeneration(
        cluster,
        Checkpoint.first(store.keys(), generation, replId, offset, database, store.epoch()));
  }

  @Override
  public LaneWriter openLane() {
    Checkpoint from = store.checkpoint().orElseThrow();
    lanes = new SlotLanes(cluster, store, from, exactness);
    return new SlotLaneWriter(
        lanes, store, features, expiring, size, graceMillis, this::recordHole);
  }

  @Override
  public long reached() {
    return store.reached();
  }

  @Override
  public int removeKeys() throws IOException {
    closeConnections();
    lanes = null;
    use(store.reconnect());
    return store.remove(cluster);
  }

  @Override
  public void close() {
    closed = true;
    closeConnections();
  }

  private void recordHole(DataFault fault) {
    closeConnections();
    for (int attempt = 1; ; attempt++) {
      try (ClusterConnections again = store.reconnect()) {
        store.recordHole(again, fault.fault().code() + " " + fault.fault().message());
        return;
      } catch (RedisException e) {
        if (attempt == HOLE_ATTEMPTS || closed) {
          fault.addSuppressed(e);
          return;
        }
        // The target may be away for a moment; without the record the next start goes on past it.
        LockSupport.parkNanos(HOLE_PAUSE.toNanos());
      }
    }
  }

  private void use(ClusterConnections next) throws IOException {
    cluster = next;
    if (closed) {
      next.close();
    }
    long targetAheadMillis = Long.MIN_VALUE;
    for (RedisConnection master : next.masters()) {
      targetAheadMillis = Math.max(targetAheadMillis, master.timeMillis() - clock.millis());
    }
    features =
        TargetFeatures.of(
            store.info(),
            graceMillis + Math.max(0, targetAheadMillis - sourceAheadMillis),
            graceMillis + Math.max(0, targetAheadMillis));
  }

  private void closeConnections() {
    ClusterConnections current = cluster;
    if (current != null) {
      current.close();
    }
  }
}
