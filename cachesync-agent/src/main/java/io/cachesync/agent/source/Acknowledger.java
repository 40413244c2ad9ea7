package io.cachesync.agent.source;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespWriter;
import java.util.function.LongSupplier;

/**
 * Tells the source once a second what was applied, whether or not anything comes: a master drops a
 * replica that says nothing. Its own thread, so that a reader who waits cannot delay it.
 *
 * <p>More often, every 20 ms, in two cases. After a diskless snapshot the source sends nothing
 * until it was acknowledged while it takes the replica for online, and an acknowledgement that
 * comes earlier is lost (replication.c, replicaStartCommandStream). After REPLCONF GETACK somebody
 * waits for this offset to be applied.
 */
final class Acknowledger implements AutoCloseable {
  private static final long SELDOM_MILLIS = 1000;
  private static final long OFTEN_MILLIS = 20;

  /** After this long a GETACK is answered by the ordinary rhythm. */
  private static final int MAX_OFTEN = 50;

  private final RedisConnection connection;
  private final LongSupplier appliedOffset;
  private final RespWriter out = new RespWriter(128);
  private final Thread thread;
  private boolean awaitingStream;
  private long wantedOffset = -1;
  private int oftenLeft;
  private boolean due;
  private boolean closed;

  Acknowledger(RedisConnection connection, LongSupplier appliedOffset) {
    this.connection = connection;
    this.appliedOffset = appliedOffset;
    this.thread = new Thread(this::run, "ack-" + connection.address());
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** A diskless snapshot has ended and its stream has not begun. */
  synchronized void awaitStream() {
    awaitingStream = true;
    due = true;
    notifyAll();
  }

  synchronized void streamBegun() {
    awaitingStream = false;
  }

  /** The source asks for an acknowledgement of this offset. */
  synchronized void asked(long offset) {
    wantedOffset = offset;
    oftenLeft = MAX_OFTEN;
    due = true;
    notifyAll();
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }

  private void run() {
    try {
      while (awaitTurn()) {
        long applied = Math.max(0, appliedOffset.getAsLong());
        out.begin(3).arg("REPLCONF").arg("ACK").arg(applied);
        connection.write(out.buffer(), 0, out.length());
        out.clear();
        acknowledged(applied);
      }
    } catch (RedisException e) {
      // The reader of the same connection learns it too, and tells.
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns false at the end. */
  private synchronized boolean awaitTurn() throws InterruptedException {
    boolean often = awaitingStream || oftenLeft > 0;
    long until = System.nanoTime() + (often ? OFTEN_MILLIS : SELDOM_MILLIS) * 1_000_000;
    while (!closed && !due) {
      long left = (until - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        break;
      }
      wait(left);
    }
    due = false;
    return !closed;
  }

  private synchronized void acknowledged(long applied) {
    oftenLeft = applied >= wantedOffset ? 0 : Math.max(0, oftenLeft - 1);
  }
}
