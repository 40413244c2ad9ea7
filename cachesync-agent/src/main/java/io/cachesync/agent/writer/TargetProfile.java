package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.TargetState;
import io.cachesync.agent.entry.ByteSource;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.redis.Modules;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.UnsupportedPolicy;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * What is known of a target, whatever its topology: how its clock stands to the source's, what it
 * takes, which of its keys expire. A writer keeps one over all its connections.
 */
final class TargetProfile {
  /** A target that is busy answers some of them late. */
  private static final int LOOKS = 3;

  private final TargetState store;
  private final SnapshotScope scope;
  private final Selection selection;
  private final long graceMillis;
  private final Clock clock;
  private final UnsupportedPolicy onUnsupported;
  private final BatchSize size = new BatchSize();
  private final ExpiringKeys expiring = new ExpiringKeys();
  private long sourceAheadMillis;
  private ModuleValues.Source sourceModules = () -> Modules.UNKNOWN;
  private boolean knowsSkipped;
  private TargetFeatures features;

  /**
   * @param graceMillis added to every expiry time that is sent
   */
  TargetProfile(
      TargetState store,
      SnapshotScope scope,
      Selection selection,
      long graceMillis,
      Clock clock,
      UnsupportedPolicy onUnsupported) {
    this.onUnsupported = onUnsupported;
    this.store = store;
    this.scope = scope;
    this.selection = selection;
    this.graceMillis = graceMillis;
    this.clock = clock;
  }

  /** From the next {@link #look} on. */
  void sourceAhead(long aheadMillis) {
    sourceAheadMillis = aheadMillis;
  }

  /** From the next {@link #look} on. */
  void sourceModules(ModuleValues.Source modules) {
    sourceModules = modules;
  }

  /**
   * Looks at the masters that were connected to: the clock that is furthest ahead counts, and the
   * longest way.
   */
  void look(List<RedisConnection> masters) throws IOException {
    long targetAheadMillis = Long.MIN_VALUE;
    long longest = 0;
    for (RedisConnection master : masters) {
      long shortest = Long.MAX_VALUE;
      for (int i = 0; i < LOOKS; i++) {
        long asked = System.nanoTime();
        long millis = master.timeMillis();
        shortest = Math.min(shortest, System.nanoTime() - asked);
        targetAheadMillis = Math.max(targetAheadMillis, millis - clock.millis());
      }
      longest = Math.max(longest, shortest);
    }
    size.line(longest);
    features =
        TargetFeatures.of(
            store.info(),
            graceMillis + Math.max(0, targetAheadMillis - sourceAheadMillis),
            graceMillis + Math.max(0, targetAheadMillis),
            store.info().knowsImportMode() && areImportSources(masters),
            TargetBounds.of(masters, store.info()),
            ModuleValues.of(store.info(), masters, sourceModules));
  }

  /**
   * Whether import-mode is on at all of them, so that they take us for their source. It is no
   * promise: a master that is started again, or another one in its place, has it off.
   */
  private static boolean areImportSources(List<RedisConnection> masters) throws IOException {
    boolean all = true;
    for (RedisConnection master : masters) {
      all &= !master.tryCall("CLIENT", "IMPORT-SOURCE", "ON").isError();
    }
    return all;
  }

  /**
   * @param owners the number of the master that has a slot
   * @param runs which keys one command may set
   */
  SnapshotWrite snapshot(
      List<RedisConnection> masters,
      IntUnaryOperator owners,
      SetRun.Keys runs,
      ByteSource bytes,
      WrittenKeys written,
      Unsupported unsupported,
      Pace pace)
      throws FaultException {
    boolean asks =
        scope.existing() == SnapshotScope.Existing.SKIPPED
            || scope.existing() == SnapshotScope.Existing.REFUSED;
    if (asks && !features.atLeast(500)) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.VERSION_TOO_OLD,
              "the target (%s) cannot leave keys with a time to live alone where they exist"
                  .formatted(features.version())));
    }
    return new SnapshotWrite(
        masters, owners, this, scope, runs, bytes, selection, written, unsupported, pace);
  }

  /** Of values that are fetched; for one thread. */
  Conversion conversion() {
    return new Conversion(features, features.modules(), onUnsupported);
  }

  /** Of the values of one snapshot; for one thread. */
  Conversion snapshotConversion() {
    return new Conversion(features, features.modules().ofSnapshot(), onUnsupported);
  }

  /** Where the stream begins behind a full sync. */
  Checkpoint first(String replId, long offset, int database) {
    long generation = store.node().generation();
    return Checkpoint.first(store.keys(), generation, replId, offset, database, store.epoch());
  }

  /** A full sync finds anew what the target has already. */
  void beginSkipping() {
    selection.skipped().clear();
    knowsSkipped = true;
  }

  /** Whether what is skipped is yet to be read from the target, where another process wrote it. */
  boolean needsSkipped() {
    return !knowsSkipped;
  }

  /** What another process wrote: all of it, one by one, and then that it was all. */
  void skip(DatabaseKey key) {
    selection.skipped().add(key.database(), key.key());
  }

  /** What another link has left alone. */
  void skipAll(List<DatabaseKey> keys) throws FaultException {
    for (DatabaseKey key : keys) {
      if (!selection.skipped().add(key.database(), key.key())) {
        throw new FaultException(
            Fault.fatal(
                FaultCode.SKIP_LIST_FULL,
                "more than %d keys are at the target already"
                    .formatted(selection.skipped().most())));
      }
    }
  }

  void knowsSkipped() {
    knowsSkipped = true;
  }

  /** What the full sync has found at the target. */
  List<DatabaseKey> skipped() {
    List<DatabaseKey> keys = new ArrayList<>();
    selection.skipped().forEach((key, database) -> keys.add(new DatabaseKey(database, key)));
    return keys;
  }

  TargetState store() {
    return store;
  }

  Selection selection() {
    return selection;
  }

  TargetFeatures features() {
    return features;
  }

  ExpiringKeys expiring() {
    return expiring;
  }

  BatchSize size() {
    return size;
  }

  long graceMillis() {
    return graceMillis;
  }
}
