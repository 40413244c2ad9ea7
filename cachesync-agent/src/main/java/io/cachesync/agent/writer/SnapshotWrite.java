package io.cachesync.agent.writer;

import io.cachesync.agent.entry.ByteSource;
import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.rdb.RdbReader;
import io.cachesync.agent.rdb.RdbRecord;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.resp.RespWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntPredicate;

/**
 * Writes a snapshot to the target, pipelined. Idempotent and without checkpoints: it counts only
 * when it came to its end.
 */
public final class SnapshotWrite {
  private static final int FLUSH_BYTES = 128 * 1024;
  private static final int COMMANDS_PER_KEY = 4;
  private static final int FLUSH_COMMANDS = 2000;

  private final RedisConnection connection;
  private final RestoreWrite restore;
  private final RdbReader reader;
  private final IntPredicate databases;
  private final byte[] ownPrefix;
  private final ExpiringKeys expiring;
  private final Pace pace;
  private final ReplyWindow window;
  private final KeyValue value = new KeyValue();
  private int selected = -1;
  private int unsent;
  private long filteredKeys;
  private volatile long keysAnnounced;
  private volatile long moduleAux;

  SnapshotWrite(
      RedisConnection connection,
      TargetFeatures target,
      ByteSource snapshot,
      IntPredicate databases,
      String ownPrefix,
      ExpiringKeys expiring,
      Pace pace) {
    this.connection = connection;
    this.restore = new RestoreWrite(target);
    this.reader = new RdbReader(snapshot, target.absoluteGraceMillis());
    this.databases = databases;
    this.ownPrefix = ownPrefix.getBytes(StandardCharsets.UTF_8);
    this.expiring = expiring;
    this.pace = pace;
    this.window = new ReplyWindow(connection);
  }

  /** Writes it all; returns when the target has acknowledged every key. */
  public void run() throws IOException, InterruptedException {
    window.start();
    try {
      for (RdbRecord record = reader.next(value);
          record != RdbRecord.END;
          record = reader.next(value)) {
        keysAnnounced = reader.keysAnnounced();
        moduleAux = reader.moduleAux();
        write(record);
        if (connection.out().length() >= FLUSH_BYTES || unsent >= FLUSH_COMMANDS) {
          flush();
        }
      }
      moduleAux = reader.moduleAux();
      flush();
      window.awaitOutstanding(0);
    } finally {
      window.close();
    }
  }

  /** Position in the snapshot up to which the target has acknowledged every key. */
  public long acknowledgedBytes() {
    return window.acknowledgedPosition();
  }

  public long acknowledgedKeys() {
    return window.acknowledgedKeys();
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

  /** The database that the stream begins in, or -1. Valid once {@link #run} has returned. */
  public int streamDatabase() {
    return reader.replStreamDb();
  }

  private void write(RdbRecord record) throws IOException, InterruptedException {
    if (record == RdbRecord.KEY && isFiltered()) {
      filteredKeys++;
      return;
    }
    while (!window.hasPlaces(COMMANDS_PER_KEY)) {
      flush();
      window.awaitOutstanding(FLUSH_COMMANDS);
    }
    RespWriter out = connection.out();
    int commands =
        switch (record) {
          case KEY -> {
            select(out);
            expiring.value(value);
            yield restore.key(value, out);
          }
          case FUNCTION -> restore.function(value, out);
          case SCRIPT -> restore.script(value, out);
          case END -> 0;
        };
    for (int i = 1; i <= commands; i++) {
      add(i == commands && record == RdbRecord.KEY);
    }
  }

  private void select(RespWriter out) {
    if (selected != value.database()) {
      selected = value.database();
      out.begin(2).arg("SELECT").arg(selected);
      add(false);
    }
  }

  private void add(boolean lastOfKey) {
    window.add(
        value.keyBuffer(),
        value.keyOffset(),
        value.keyLength(),
        selected,
        reader.bytesRead(),
        lastOfKey);
    unsent++;
  }

  private void flush() throws IOException, InterruptedException {
    window.check();
    int bytes = connection.out().length();
    pace.await(bytes, unsent);
    if (bytes > 0) {
      window.sent();
      connection.flush();
      unsent = 0;
    }
  }

  private boolean isFiltered() {
    if (!databases.test(value.database())) {
      return true;
    }
    if (value.keyLength() < ownPrefix.length) {
      return false;
    }
    for (int i = 0; i < ownPrefix.length; i++) {
      if (value.keyBuffer()[value.keyOffset() + i] != ownPrefix[i]) {
        return false;
      }
    }
    return true;
  }
}
