package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.filter.SkippedKeys;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespWriter;
import java.io.IOException;

/** The part of a snapshot that goes to one server: its pipeline and the replies to it. */
final class SnapshotOut {
  private static final int FLUSH_BYTES = 128 * 1024;
  private static final int FLUSH_COMMANDS = 2000;

  /** Replies that may be missing of one server, and of all servers of a link together. */
  private static final int MOST_PLACES = 16 * 1024;

  private static final int ALL_PLACES = 32 * 1024;
  private static final int FEWEST_PLACES = 512;

  /** So that many are under way to the server while others are made. */
  private static final int FLUSHES_PER_WINDOW = 8;

  /** With one that selects the database, and one for the run before it. */
  private static final int COMMANDS_PER_KEY = 5;

  private final RedisConnection connection;
  private final Pace pace;
  private final ReplyWindow window;
  private final int flushCommands;
  private final int flushBytes;
  private final SetRun run = new SetRun();
  private int selected = -1;
  private int runSlot = -1;
  private int unsent;

  /**
   * @param servers that the link's snapshot is spread over: each link of a large cluster has so
   *     many of these, and all of them must fit into the agent's memory
   */
  SnapshotOut(
      RedisConnection connection,
      int servers,
      SnapshotScope.Existing existing,
      SkippedKeys skipped,
      Pace pace) {
    this.connection = connection;
    this.pace = pace;
    int places = Math.max(FEWEST_PLACES, Math.min(MOST_PLACES, ALL_PLACES / servers));
    this.flushCommands = Math.min(FLUSH_COMMANDS, places / FLUSHES_PER_WINDOW);
    this.flushBytes = (int) ((long) FLUSH_BYTES * places / MOST_PLACES);
    this.window = new ReplyWindow(connection, places, existing, skipped);
  }

  ReplyWindow window() {
    return window;
  }

  RespWriter out() {
    return connection.out();
  }

  /** Waits until there is a place for one more key. */
  void awaitPlaces() throws IOException, InterruptedException {
    while (!window.hasPlaces(COMMANDS_PER_KEY)) {
      flush();
      window.awaitOutstanding(flushCommands);
    }
  }

  void select(KeyValue value, long position) {
    if (selected != value.database()) {
      endRun();
      selected = value.database();
      out().begin(2).arg("SELECT").arg(selected);
      add(value, position, false);
    }
  }

  /** A command has been written. */
  void add(KeyValue value, long position, boolean lastOfKey) {
    byte[] key = value.keyBuffer();
    int keys = lastOfKey ? 1 : 0;
    window.add(key, value.keyOffset(), value.keyLength(), selected, position, keys);
    unsent++;
  }

  /**
   * Whether the value before that a {@link SetRun} takes was of this slot as well. Sources from 7.4
   * on send what a slot holds together; with others the keys of a slot come one by one, and waiting
   * for the next one of it would gain nothing.
   */
  boolean followsInSlot(int slot) {
    if (slot != runSlot) {
      endRun();
      runSlot = slot;
      return false;
    }
    return true;
  }

  /** Sends a value that a {@link SetRun} takes, in its time. */
  void set(KeyValue value, long position) {
    run.add(value, position);
    unsent++;
    if (run.isFull()) {
      endRun();
    }
  }

  /**
   * The commands of a key that are added next may be refused for its value.
   *
   * @param refused hears of it
   */
  void mayBeRefused(DatabaseKey key, int commands, ReplyWindow.Refused refused) {
    window.mayBeRefused(key, commands, refused);
  }

  boolean isDue() {
    // What is not copied stays only until the next value is read.
    return connection.out().sliceLength() > 0
        || connection.out().length() >= flushBytes
        || unsent >= flushCommands;
  }

  void flush() throws IOException, InterruptedException {
    window.check();
    endRun();
    int bytes = connection.out().length() + connection.out().sliceLength();
    pace.await(bytes, unsent);
    if (bytes > 0) {
      window.sent();
      try {
        connection.flush();
      } catch (RedisException e) {
        throw window.causeOf(e);
      }
      unsent = 0;
    }
  }

  private void endRun() {
    if (!run.isEmpty()) {
      run.writeTo(out());
      window.add(
          run.buffer(), run.firstOffset(), run.firstLength(), selected, run.position(), run.keys());
      run.clear();
    }
  }
}
