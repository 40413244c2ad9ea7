package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.CopiedFrom;
import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.Exactness;
import io.cachesync.agent.checkpoint.TargetCheckpointStore;
import io.cachesync.agent.entry.ByteSource;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
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

/**
 * Writes to one standalone target: a snapshot, then the stream in one lane. For one thread, but
 * {@link #close} may come from any.
 *
 * <p>After a failure {@link #reconnect} makes it usable again and tells what had become of the
 * transaction that was under way.
 */
public final class StandaloneWriter implements TargetWriter {
  private final TargetCheckpointStore store;
  private final TargetProfile profile;
  private final Exactness exactness;

  private volatile RedisConnection connection;
  private volatile boolean closed;
  private StandaloneLane lane;

  /** Which process and which history held the data when the lane was opened. */
  private String laneData = "";

  /**
   * @param selection what is moved, and under which names
   * @param graceMillis added to every expiry time that is sent
   * @param onUnsupported what becomes of what the target's version has no place for
   */
  public StandaloneWriter(
      TargetCheckpointStore store,
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
  public TargetCheckpointStore store() {
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
    use(store.takeOver(acceptNotEmpty, acceptChange));
  }

  @Override
  public Standing reconnect() throws IOException {
    closeConnection();
    // Kept until the target was reached: an attempt that fails must not forget what was under way.
    use(store.reconnect());
    StandaloneLane former = lane;
    lane = null;
    if (former == null) {
      return Standing.AS_LEFT;
    }
    Checkpoint found = store.checkpoint().orElse(null);
    if (former.acknowledged().equals(found)) {
      return Standing.AS_LEFT;
    }
    if (found != null && found.equals(former.unacknowledged())) {
      return Standing.UNANSWERED;
    }
    if (isSetBack(former)) {
      return Standing.SET_BACK;
    }
    if (hasLostItsCopy() && !data(store.info()).equals(laneData)) {
      return Standing.COPY_LOST;
    }
    String stands = found == null ? "has lost our checkpoint" : "stands at " + found.offset();
    throw new FaultException(
        Fault.fatal(
            FaultCode.CHECKPOINT_MISMATCH,
            "the target %s %s, we had it at %d"
                .formatted(connection, stands, former.acknowledged().offset())));
  }

  /**
   * Data and checkpoint are of one moment only where both came back together, in another process or
   * from another master: an older checkpoint in the same data is somebody's mistake.
   */
  private boolean isSetBack(StandaloneLane former) {
    Checkpoint found = store.checkpoint().orElse(null);
    return found != null
        && !data(store.info()).equals(laneData)
        && found.isEarlierThan(former.acknowledged(), store.epoch());
  }

  /** Whether the full sync behind which we were is none any more, or not done yet. */
  private boolean hasLostItsCopy() {
    return store.node().interrupted() || store.hasLostItsCopy();
  }

  private static String data(ServerInfo info) {
    return info.runId() + " " + info.replId();
  }

  @Override
  public boolean imports() {
    return profile.features().imports();
  }

  @Override
  public void beginFullSync(boolean wipe, CopiedFrom from) throws IOException {
    lane = null;
    store.beginGeneration(connection, wipe, from);
    profile.expiring().begin();
    profile.beginSkipping();
  }

  @Override
  public void everyKeyMayExpire() {
    profile.expiring().all();
  }

  @Override
  public void sweep(FormerKeys former) throws IOException, InterruptedException {
    TargetSweep sweep = new TargetSweep(connection, former, store.info().version());
    for (int database : connection.info("keyspace").keysPerDatabase().keySet()) {
      if (store.claim().covers(database)) {
        sweep.run(database);
      }
    }
    Optional<Set<String>> libraries = former.libraries();
    if (libraries.isPresent()) {
      sweep.libraries(libraries.get());
    }
  }

  @Override
  public SnapshotWrite snapshot(
      ByteSource bytes, WrittenKeys written, Unsupported unsupported, Pace pace)
      throws FaultException {
    return profile.snapshot(
        List.of(connection),
        slot -> 0,
        setsMany() ? SetRun.Keys.ANY : SetRun.Keys.ONE,
        bytes,
        written,
        unsupported,
        pace);
  }

  private boolean setsMany() throws RedisException {
    return SetRun.isTakenBy(connection, store.keys().checkpoint());
  }

  @Override
  public void completeFullSync(String replId, long offset, int database) throws IOException {
    store.writeSkipped(connection, profile.skipped());
    store.completeGeneration(connection, profile.first(replId, offset, database));
  }

  @Override
  public LaneWriter openLane() throws IOException {
    Checkpoint from = store.checkpoint().orElseThrow();
    if (profile.needsSkipped()) {
      store.readSkipped(connection, profile::skip);
      profile.knowsSkipped();
    }
    lane =
        new StandaloneLane(
            connection,
            store.keys(),
            store.claim(),
            store.node(),
            store.heals(),
            from,
            profile.features().executesTornTransactions(),
            exactness);
    boolean setsMany = setsMany();
    lane.arm();
    laneData = data(store.info());
    return new LaneWriter(lane, profile, holes()::write, setsMany);
  }

  @Override
  public void skipAsLink(int link, BitSet slots) throws IOException {
    List<DatabaseKey> found = new ArrayList<>();
    store.readSkippedOf(
        connection,
        link,
        key -> {
          if (slots.get(HashSlot.of(key.key()))) {
            found.add(key);
          }
        });
    if (!found.isEmpty()) {
      store.addSkipped(connection, found);
      profile.skipAll(found);
    }
  }

  @Override
  public long reached() {
    return store.checkpoint().orElseThrow().offset();
  }

  @Override
  public int removeKeys() throws IOException {
    closeConnection();
    use(store.reconnect());
    if (hasLostItsCopy() || (lane != null && isSetBack(lane))) {
      throw new FaultException(
          Fault.retryable(
              FaultCode.CONNECTION_LOST,
              "the target %s has lost what it had acknowledged".formatted(connection)));
    }
    lane = null;
    return store.remove(connection);
  }

  /** Ends the connection; what waits for it fails. */
  @Override
  public void close() {
    closed = true;
    store.close();
    closeConnection();
  }

  @Override
  public void remember(Fault fault) {
    holes().write(new DataFault(fault));
  }

  private HoleRecord holes() {
    return new HoleRecord(this::recordHole, () -> closed);
  }

  private void recordHole(String what) throws RedisException {
    closeConnection();
    try (RedisConnection again = store.reconnect()) {
      store.recordHole(again, what);
    }
  }

  private void use(RedisConnection next) throws IOException {
    connection = next;
    if (closed) {
      next.close();
    }
    profile.look(List.of(next));
  }

  private void closeConnection() {
    RedisConnection current = connection;
    if (current != null) {
      current.close();
    }
  }
}
