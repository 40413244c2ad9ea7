package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.entry.ByteSource;
import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.filter.Selection;
import io.cachesync.agent.rdb.RdbReader;
import io.cachesync.agent.rdb.RdbRecord;
import io.cachesync.agent.rdb.RdbType;
import io.cachesync.agent.redis.HashSlot;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.contract.FaultException;
import java.io.IOException;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Writes a snapshot to the target, pipelined. Idempotent and without checkpoints: it counts only
 * when it came to its end.
 */
public final class SnapshotWrite {
  private final List<SnapshotOut> outs;
  private final IntUnaryOperator owners;
  private final RestoreWrite restore;
  private final PartWrite parts;
  private final boolean functions;
  private final Conversion conversion;
  private final WrittenKeys written;
  private final Unsupported unsupported;
  private final boolean skips;
  private final SetRun.Keys runs;
  private final SnapshotScope share;
  private final RdbReader reader;
  private final Selection selection;
  private final ExpiringKeys expiring;
  private final KeyValue value = new KeyValue();
  private byte[] renamed = new byte[256];
  private long filteredKeys;
  private boolean filtersParts;
  private volatile long keysAnnounced;
  private volatile long moduleAux;

  /**
   * @param servers each takes the keys of some slots
   * @param owners the number of the server for a hash slot
   * @param written hears of each key before it is sent
   * @param runs which small strings may go in a {@link SetRun} together
   * @param unsupported hears what has no place at the target, on any thread
   */
  SnapshotWrite(
      List<RedisConnection> servers,
      IntUnaryOperator owners,
      TargetProfile target,
      SnapshotScope scope,
      SetRun.Keys runs,
      ByteSource snapshot,
      Selection selection,
      WrittenKeys written,
      Unsupported unsupported,
      Pace pace) {
    this.outs =
        servers.stream()
            .map(
                server ->
                    new SnapshotOut(
                        server, servers.size(), scope.existing(), selection.skipped(), pace))
            .toList();
    this.owners = owners;
    this.restore = new RestoreWrite(target.features(), scope.replaces()).inSlices();
    this.functions = scope.functions();
    this.share = scope.slots().isAll() ? null : scope;
    this.skips = scope.existing() == SnapshotScope.Existing.SKIPPED;
    this.runs = scope.replaces() ? runs : SetRun.Keys.ONE;
    this.conversion = target.snapshotConversion();
    this.written = written;
    this.unsupported = unsupported;
    // What is not to be replaced is asked for in one command with its value.
    this.reader =
        scope.replaces()
            ? RdbReader.inParts(
                snapshot,
                target.features().absoluteGraceMillis(),
                target.features().bounds().partBytes())
            : new RdbReader(snapshot, target.features().absoluteGraceMillis(), false);
    this.parts = new PartWrite(target.features());
    this.selection = selection;
    this.expiring = target.expiring();
  }

  /** Writes it all; returns when the target has acknowledged every key. */
  public void run() throws IOException, InterruptedException {
    try {
      outs.forEach(out -> out.window().start());
      for (RdbRecord record = reader.next(value);
          record != RdbRecord.END;
          record = reader.next(value)) {
        keysAnnounced = reader.keysAnnounced();
        moduleAux = reader.moduleAux();
        switch (record) {
          case KEY -> key();
          case PART -> part();
          default -> code(record);
        }
      }
      moduleAux = reader.moduleAux();
      for (SnapshotOut out : outs) {
        out.flush();
      }
      for (SnapshotOut out : outs) {
        out.window().awaitOutstanding(0);
      }
    } finally {
      outs.forEach(out -> out.window().close());
    }
  }

  /** Position in the snapshot of the last key that was acknowledged. */
  public long acknowledgedBytes() {
    long position = 0;
    for (SnapshotOut out : outs) {
      position = Math.max(position, out.window().acknowledgedPosition());
    }
    return position;
  }

  public long acknowledgedKeys() {
    long keys = 0;
    for (SnapshotOut out : outs) {
      keys += out.window().acknowledgedKeys();
    }
    return keys;
  }

  /** Keys that the databases begun so far have announced, or 0. */
  public long keysAnnounced() {
    return keysAnnounced;
  }

  /** Pieces of modules' data outside of keys so far, which no command could put at the target. */
  public long moduleAux() {
    return moduleAux;
  }

  /** Keys that the task does not move. Valid once {@link #run} has returned. */
  public long filteredKeys() {
    return filteredKeys;
  }

  /** Keys that the target had already. Valid once {@link #run} has returned. */
  public int skippedKeys() {
    return selection.skipped().size();
  }

  /** The database that the stream begins in, or -1. Valid once {@link #run} has returned. */
  public int streamDatabase() {
    return reader.replStreamDb();
  }

  private void key() throws IOException, InterruptedException {
    if (isFiltered()) {
      filteredKeys++;
      return;
    }
    written.add(value.database(), value.keyBuffer(), value.keyOffset(), value.keyLength());
    Conversion.Crossing crossing = conversion.of(value);
    if (crossing != Conversion.Crossing.WHOLE) {
      unsupported.add(keyOf(value), conversion.why());
    }
    boolean absent = crossing == Conversion.Crossing.NOT;
    boolean isModule = RdbType.isModule(value.type()) && !absent;
    DatabaseKey module = isModule ? keyOf(value) : null;
    String moduleType = isModule ? conversion.moduleType(value) : "";
    DatabaseKey source = skips ? new DatabaseKey(value.database(), value.key()) : null;
    name();
    SnapshotOut out = owner();
    out.awaitPlaces();
    out.window().source(source);
    out.select(value, reader.bytesRead());
    if (crossing == Conversion.Crossing.WHOLE && SetRun.takes(value) && goesInRun(out)) {
      out.set(value, reader.bytesRead());
      flushIfDue(out);
      return;
    }
    expiring.value(value);
    int commands = absent ? restore.absent(value, out.out()) : restore.key(value, out.out());
    out.window().asks(absent);
    if (module != null) {
      out.mayBeRefused(module, commands, key -> refused(key, moduleType));
    }
    for (int i = 1; i <= commands; i++) {
      out.add(value, reader.bytesRead(), i == commands);
    }
    flushIfDue(out);
  }

  private boolean goesInRun(SnapshotOut out) {
    return switch (runs) {
      case ONE -> false;
      case OF_A_SLOT -> out.followsInSlot(slot());
      case ANY -> true;
    };
  }

  private static void flushIfDue(SnapshotOut out) throws IOException, InterruptedException {
    if (out.isDue()) {
      out.flush();
    }
  }

  private void part() throws IOException, InterruptedException {
    if (value.isFirstPart()) {
      filtersParts = isFiltered();
      filteredKeys += filtersParts ? 1 : 0;
    }
    if (filtersParts) {
      return;
    }
    if (value.isFirstPart()) {
      written.add(value.database(), value.keyBuffer(), value.keyOffset(), value.keyLength());
    }
    name();
    SnapshotOut out = owner();
    out.awaitPlaces();
    out.window().source(null);
    out.window().asks(false);
    out.select(value, reader.bytesRead());
    if (value.isFirstPart()) {
      expiring.value(value);
    }
    parts.write(value, reader.bytesRead(), out);
  }

  /** As it is called at the source. */
  private static DatabaseKey keyOf(KeyValue value) {
    return new DatabaseKey(value.database(), value.key());
  }

  /** The target has answered that it does not load the value of a module. */
  private void refused(DatabaseKey key, String type) throws FaultException {
    unsupported.add(key, conversion.refused(key, type));
  }

  /** A function or a script, which every server has. */
  private void code(RdbRecord record) throws IOException, InterruptedException {
    boolean leftOut =
        record == RdbRecord.FUNCTION
            ? !functions || !selection.appliesCommand("FUNCTION")
            : !selection.appliesCommand("SCRIPT");
    if (leftOut) {
      return;
    }
    if (record == RdbRecord.FUNCTION && !restore.takesFunctions()) {
      unsupported.add(new DatabaseKey(-1, new byte[0]), conversion.whyNoFunctions());
      return;
    }
    for (SnapshotOut out : outs) {
      out.awaitPlaces();
      int commands =
          record == RdbRecord.FUNCTION
              ? restore.function(value, out.out())
              : restore.script(value, out.out());
      for (int i = 1; i <= commands; i++) {
        out.add(value, reader.bytesRead(), false);
      }
      flushIfDue(out);
    }
  }

  private SnapshotOut owner() {
    if (outs.size() == 1) {
      return outs.get(0);
    }
    return outs.get(owners.applyAsInt(slot()));
  }

  private int slot() {
    return HashSlot.of(value.keyBuffer(), value.keyOffset(), value.keyLength());
  }

  private boolean isFiltered() {
    return (share != null && !share.takes(slot()))
        || !selection.moves(
            value.database(), value.keyBuffer(), value.keyOffset(), value.keyLength())
        || !selection.movesType(
            value.type(), value.bodyBuffer(), value.bodyOffset(), value.bodyLength());
  }

  /** Gives the key its name at the target. */
  private void name() throws FaultException {
    int rule =
        selection.renames()
            ? selection.rule(
                value.database(), value.keyBuffer(), value.keyOffset(), value.keyLength())
            : Selection.NO_RULE;
    if (rule != Selection.NO_RULE) {
      byte[] to = selection.to(rule);
      int taken = selection.from(rule).length;
      int length = to.length + value.keyLength() - taken;
      if (renamed.length < length) {
        renamed = new byte[length * 2];
      }
      System.arraycopy(to, 0, renamed, 0, to.length);
      System.arraycopy(
          value.keyBuffer(), value.keyOffset() + taken, renamed, to.length, length - to.length);
      value.key(renamed, 0, length);
    }
    value.database(selection.targetDatabase(value.database()));
  }
}
