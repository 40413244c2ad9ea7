package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.CopiedFrom;
import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.writer.SnapshotWrite;
import io.cachesync.agent.writer.TargetWriter;
import io.cachesync.agent.writer.Unsupported;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Copies a snapshot of the source to the target. For the applying thread; how far it is may be
 * asked by any.
 */
final class FullSync {
  /** What becomes of what a former full sync has left at the target. */
  enum Former {
    /** Nobody knows what there is of it. */
    STAYS,
    EMPTIED,
    /** What the source does not have any more goes, the rest is written over. */
    SWEPT
  }

  /** What became of the last one. */
  enum End {
    /** None was asked for, or it was told already. */
    NONE,
    /** The source has begun to make its snapshot, and it was not copied to its end. */
    BROKEN,
    DONE
  }

  /** Returns when the target may be changed, and of which source it is then a copy. */
  @FunctionalInterface
  interface Begin {
    CopiedFrom await() throws IOException, InterruptedException;
  }

  private final Attachment source;
  private final TargetWriter writer;
  private final Consumer<HealRecord> records;
  private final LinkState state;
  private final Sweep sweep;
  private volatile SnapshotWrite write;
  private volatile Receiver.Snapshot snapshot;
  private volatile boolean applied;
  private SourceSession asked;

  /**
   * @param records takes the record that tells of what has no place at the target
   */
  FullSync(
      Attachment source,
      TargetWriter writer,
      Sweep sweep,
      Consumer<HealRecord> records,
      LinkState state) {
    this.sweep = sweep;
    this.records = records;
    this.source = source;
    this.writer = writer;
    this.state = state;
  }

  /** What writes the snapshot, or null before it began. */
  SnapshotWrite write() {
    return write;
  }

  /** The snapshot as the source announced it, or null. */
  Receiver.Snapshot snapshot() {
    return snapshot;
  }

  boolean isApplied() {
    return applied;
  }

  /** The target holds what a former full sync has copied. */
  void appliedBefore() {
    applied = true;
  }

  /** Tells once what became of the last one, as far as it goes. */
  End takeEnd() {
    SourceSession last = asked;
    asked = null;
    if (last == null) {
      return End.NONE;
    } else if (applied) {
      return End.DONE;
    }
    return last.receiver().wasPromisedAll() ? End.BROKEN : End.NONE;
  }

  /**
   * The target is changed only once the source has begun to send.
   *
   * @param begin asked before the target is changed
   * @param begun done when the target was changed
   */
  void run(Former former, Begin begin, Runnable begun) throws IOException, InterruptedException {
    source.close();
    state.tally().attached(Ledger.EMPTY, -1);
    applied = false;
    state.phase(Phase.FULL_SYNC_WAITING);
    SourceSession session = source.fullSync();
    asked = session;
    Receiver.Snapshot announced = session.receiver().awaitSnapshot(state.control());
    snapshot = announced;
    CopiedFrom from = begin.await();
    writer.beginFullSync(former == Former.EMPTIED, from);
    begun.run();
    state.phase(Phase.FULL_SYNC);
    state.log(
        LogLevel.INFO,
        "full sync %d of %s at offset %d%s"
            .formatted(
                writer.store().node().generation(),
                announced.replId(),
                announced.offset(),
                switch (former) {
                  case STAYS -> "";
                  case EMPTIED -> ", the target's databases emptied";
                  // The first one finds nothing of its own there.
                  case SWEPT ->
                      writer.store().node().generation() > 1
                          ? ", written over what the target has"
                          : "";
                }));
    HealRecord record = writer.store().heals();
    records.accept(record);
    sweep.forget();
    if (former == Former.SWEPT) {
      record.sweptUpTo(sweep.run(writer, announced.replId(), removed -> pace(0, removed)));
      if (sweep.removed() > 0) {
        record.countHealed(HealReason.SWEPT, sweep.removed());
      }
    }
    Unsupported unsupported = (key, why) -> list(record, announced.offset(), key, why);
    SnapshotWrite current =
        writer.snapshot(session.relay().snapshot(), sweep::written, unsupported, this::pace);
    write = current;
    current.run();
    applied = true;
    int database = Math.max(0, current.streamDatabase());
    writer.completeFullSync(announced.replId(), announced.offset(), database);
    tell(current, record.unsupportedKeys());
  }

  /** What has no place at the target. */
  private void list(HealRecord record, long offset, DatabaseKey key, String why) {
    record.countUnsupported();
    DeadLetter letter = HealRecord.letter(offset, "", key, why);
    if (record.addOnce(letter) >= 0) {
      state.log(
          LogLevel.WARN,
          key.database() < 0
              ? "functions are not moved: " + why
              : "the key '%s' of database %d is not moved, or not whole: %s"
                  .formatted(letter.key(), key.database(), why));
    }
  }

  private void tell(SnapshotWrite done, long unsupported) {
    state.log(
        LogLevel.INFO,
        "full sync done: %d keys, %d not moved"
            .formatted(done.acknowledgedKeys(), done.filteredKeys()));
    if (done.acknowledgedKeys() == 0 && done.filteredKeys() > 0) {
      state.log(
          LogLevel.WARN,
          "no key was copied: the filter (databases, keys, types) chooses none of the %d of the"
                  .formatted(done.filteredKeys())
              + " source");
    }
    if (unsupported > 0) {
      state.log(
          LogLevel.WARN,
          "%d keys and function libraries have no place at the target, or not as a whole"
              .formatted(unsupported));
    }
    if (done.skippedKeys() > 0) {
      state.log(
          LogLevel.WARN,
          "%d keys of the source are at the target already: they stay as they are there, and are"
                  .formatted(done.skippedKeys())
              + " not moved from now on");
    }
    if (done.moduleAux() > 0) {
      state.log(
          LogLevel.WARN,
          "%d pieces of modules' data outside of keys are not moved: no command can set them"
              .formatted(done.moduleAux()));
    }
  }

  private void pace(long bytes, long commands) throws IOException, InterruptedException {
    if (state.control().isPaused()) {
      state.phase(Phase.PAUSED);
      state.control().awaitUnpaused();
      state.phase(Phase.FULL_SYNC);
    }
    state.control().limit(bytes, commands);
    state.speed().add(bytes, commands);
  }
}
