package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.ClusterCheckpointStore;
import io.cachesync.agent.checkpoint.CopiedFrom;
import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.entry.ByteSource;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.ClusterConnections;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.UnsupportedPolicy;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Writes to a cluster: a snapshot by hash slots, then the stream in a lane for each slot. */
public final class ClusterWriter implements TargetWriter {
  private final ClusterCheckpointStore store;
  private final TargetProfile profile;
  private final Exactness exactness;

  private volatile ClusterConnections cluster;
  private volatile boolean closed;
  private SlotLanes lanes;

  /**
   * @param selection what is moved, and under which names
   * @param graceMillis added to every expiry time that is sent
   * @param onUnsupported what becomes of what the target's version has no place for
   */
  public ClusterWriter(
      ClusterCheckpointStore store,
      SnapshotScope scope,
      Selection selection,
      long graceMillis,
      UnsupportedPolicy onUnsupported,
      Clock clock,
      Exactness exactness) {
    this.store = store;
    this.profile = new TargetProfile(store, scope, selection, graceMillis, clock, onUnsupported);
    this.exactness = exactness;
  }

  @Override
  public ClusterCheckpointStore store() {
    return store;
  }

  @Override
  public void sourceAhead(long aheadMillis) {
    profile.sourceAhead(aheadMillis);
  }

  @Override
  public void sourceModules(ModuleValues.Source modules) {
    profile.sourceModules(modules);
  }

  @Override
  public void takeOver(boolean acceptNotEmpty, boolean acceptChange) throws IOException {
    store.tryDatabase(store.claim().home());
    use(store.takeOver(acceptNotEmpty, acceptChange));
  }

  /**
   * What the slots have of the last round, their own checkpoints tell; what is in doubt there is
   * looked at again, for a master that was set back may have lost how it was healed.
   */
  @Override
  public Standing reconnect() throws IOException {
    closeConnections();
    use(store.reconnect());
    SlotLanes former = lanes;
    lanes = null;
    return former == null ? Standing.AS_LEFT : Standing.UNANSWERED;
  }

  @Override
  public boolean imports() {
    return profile.features().imports();
  }

  @Override
  public void beginFullSync(boolean wipe, CopiedFrom from) throws IOException {
    lanes = null;
    store.beginGeneration(cluster, wipe, from);
    profile.expiring().begin();
    profile.beginSkipping();
  }

  @Override
  public void everyKeyMayExpire() {
    profile.expiring().all();
  }

  @Override
  public void sweep(FormerKeys former) throws IOException, InterruptedException {
    Optional<Set<String>> libraries = former.libraries();
    for (RedisConnection master : cluster.masters()) {
      TargetSweep sweep = new TargetSweep(master, former, store.info().version());
      sweep.run(0);
      if (libraries.isPresent()) {
        sweep.libraries(libraries.get());
      }
    }
    // What moves from one master to another meanwhile may be seen at neither.
    store.verify(cluster);
  }

  @Override
  public SnapshotWrite snapshot(
      ByteSource bytes, WrittenKeys written, Unsupported unsupported, Pace pace)
      throws FaultException {
    return profile.snapshot(
        cluster.masters(),
        cluster::owner,
        setsMany() ? SetRun.Keys.OF_A_SLOT : SetRun.Keys.ONE,
        bytes,
        written,
        unsupported,
        pace);
  }

  /** Whether each of the masters lets us set many keys of a slot by one command. */
  private boolean setsMany() throws RedisException {
    String key = store.keys().checkpoint(0);
    boolean all = true;
    for (RedisConnection master : cluster.masters()) {
      all &= SetRun.isTakenBy(master, key);
    }
    return all;
  }

  @Override
  public void completeFullSync(String replId, long offset, int database) throws IOException {
    store.writeSkipped(cluster, profile.skipped());
    store.completeGeneration(cluster, profile.first(replId, offset, database));
  }

  @Override
  public LaneWriter openLane() throws IOException {
    Checkpoint from = store.checkpoint().orElseThrow();
    if (profile.needsSkipped()) {
      store.readSkipped(cluster, profile::skip);
      profile.knowsSkipped();
    }
    lanes = new SlotLanes(cluster, store, from, exactness);
    return new SlotLaneWriter(lanes, profile, holes()::write);
  }

  @Override
  public void skipAsLink(int link, BitSet slots) throws IOException {
    List<DatabaseKey> found = new ArrayList<>();
    store.readSkippedOf(
        cluster,
        link,
        key -> {
          if (slots.get(HashSlot.of(key.key()))) {
            found.add(key);
          }
        });
    if (!found.isEmpty()) {
      store.addSkipped(cluster, found);
      profile.skipAll(found);
    }
  }

  @Override
  public long reached() {
    return store.reached();
  }

  @Override
  public int removeKeys() throws IOException {
    closeConnections();
    boolean begun = store.isRemoving();
    use(store.reconnectToRemove());
    boolean copyLost = store.node().interrupted() || store.hasLostItsCopy();
    if (!begun && (copyLost || (lanes != null && lanes.isSetBack()))) {
      throw new RedisException(
          Fault.retryable(
              FaultCode.CONNECTION_LOST, cluster + " has lost what it had acknowledged"));
    }
    lanes = null;
    return store.remove(cluster);
  }

  @Override
  public void close() {
    closed = true;
    closeConnections();
  }

  @Override
  public void remember(Fault fault) {
    holes().write(new DataFault(fault));
  }

  private HoleRecord holes() {
    return new HoleRecord(this::recordHole, () -> closed);
  }

  private void recordHole(String what) throws RedisException {
    closeConnections();
    try (ClusterConnections again = store.reconnect()) {
      store.recordHole(again, what);
    }
  }

  private void use(ClusterConnections next) throws IOException {
    cluster = next;
    if (closed) {
      next.close();
    }
    profile.look(next.masters());
  }

  private void closeConnections() {
    ClusterConnections current = cluster;
    if (current != null) {
      current.close();
    }
  }
}
