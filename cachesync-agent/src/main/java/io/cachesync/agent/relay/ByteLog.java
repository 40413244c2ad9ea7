package io.cachesync.agent.relay;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A sequence of bytes in a ring in memory and, behind it, in files. One appends, one reads, a
 * thread of its own writes.
 *
 * <p>What is neither on disk nor read stays in the ring. When the disk is slower than the source
 * and the reader is not, the log on disk begins anew rather than anybody waiting for it: behind
 * what comes, and where the reader then stands still, at the reader.
 */
final class ByteLog implements Closeable {
  /** How long a slow disk, or a reader before its hole, may hold up the network. */
  private static final long DISK_PATIENCE_NANOS = 100_000_000;

  private final LogState state;
  private final Thread writer;

  /**
   * @param keepsRead whether everything goes to disk; otherwise only what the reader is late for
   * @param recovered what is on disk already, in order
   */
  ByteLog(
      Path folder,
      String prefix,
      boolean keepsRead,
      RelayOptions options,
      Clock clock,
      List<Segment> recovered) {
    state = new LogState(folder, prefix, keepsRead, options, clock, recovered);
    writer = new Thread(new WriteBehind(state), "relay-" + prefix);
    writer.setDaemon(true);
    writer.start();
  }

  /**
   * Appends one record.
   *
   * @param startOffset replication offset before it
   * @param whenWhole done before anybody can have read all of it
   */
  void append(
      byte[] header, byte[] bytes, int offset, int length, long startOffset, Runnable whenWhole)
      throws IOException, InterruptedException {
    state.lock.lock();
    try {
      checkOpen();
      if (state.keepsRead && state.head - state.read > state.options.maxWaitingBytes()) {
        throw new FaultException(
            Fault.retryable(
                FaultCode.RELAY_FULL,
                "more than " + state.options.maxWaitingBytes() + " bytes wait"));
      }
      state.segments.roll(state.head, startOffset);
      long recordEnd = state.head + header.length + length;
      appendPiece(header, 0, header.length, recordEnd);
      appendPiece(bytes, offset, length, recordEnd);
      whenWhole.run();
    } finally {
      state.lock.unlock();
    }
  }

  /**
   * Reads bytes at a position, as many as are there.
   *
   * @param needed everything before it has been read for good
   * @return number of bytes, 0 after the time, -1 at the end
   */
  int read(
      SegmentCursor cursor,
      long position,
      long needed,
      byte[] into,
      int offset,
      int length,
      long timeoutMillis)
      throws IOException, InterruptedException {
    Segment segment;
    int count;
    state.lock.lock();
    try {
      consumed(needed);
      if (!awaitBytes(position, timeoutMillis)) {
        return state.ended ? -1 : 0;
      }
      if (position >= state.tail) {
        count = (int) Math.min(length, state.head - position);
        state.ring.get(position, into, offset, count);
        return count;
      }
      segment = state.segments.at(position);
      if (segment == null) {
        throw new IOException("position " + position + " of the relay log is no longer there");
      }
      count =
          (int) Math.min(length, Math.min(state.flushed, state.segments.endOf(segment)) - position);
      if (count <= 0) {
        throw new IOException("position " + position + " of the relay log is not on disk");
      }
    } finally {
      state.lock.unlock();
    }
    cursor.read(segment, position - segment.position, into, offset, count);
    return count;
  }

  /** Where reading can begin to find this offset, or -1 where it lies before everything. */
  long positionBefore(long replOffset) {
    state.lock.lock();
    try {
      return state.segments.positionBefore(replOffset);
    } finally {
      state.lock.unlock();
    }
  }

  long firstOffset() {
    state.lock.lock();
    try {
      return state.segments.firstOffset();
    } finally {
      state.lock.unlock();
    }
  }

  /** The reader goes to this position; everything from there on is unread. */
  void seek(long position) {
    state.lock.lock();
    try {
      state.read = position;
    } finally {
      state.lock.unlock();
    }
  }

  /** Removes segments that end at or below this offset, once they are old or many. */
  void trim(long appliedOffset) {
    state.lock.lock();
    try {
      if (state.segments.trim(appliedOffset, state.read)) {
        state.flushDue.signalAll();
      }
    } finally {
      state.lock.unlock();
    }
  }

  long waitingBytes() {
    state.lock.lock();
    try {
      return state.head - state.read;
    } finally {
      state.lock.unlock();
    }
  }

  long diskBytes() {
    state.lock.lock();
    try {
      return state.segments.writtenBytes();
    } finally {
      state.lock.unlock();
    }
  }

  /** Bytes appended so far, counted from the log's beginning. */
  long head() {
    state.lock.lock();
    try {
      return state.head;
    } finally {
      state.lock.unlock();
    }
  }

  /** No more bytes will come, and that is as it should be. */
  void end() {
    state.lock.lock();
    try {
      state.ended = true;
      state.moreBytes.signalAll();
    } finally {
      state.lock.unlock();
    }
  }

  /** No more bytes will come for now; null takes that back. */
  void fail(Fault fault) {
    state.lock.lock();
    try {
      state.failure = fault;
      state.moreBytes.signalAll();
    } finally {
      state.lock.unlock();
    }
  }

  /** Why no more bytes come, or null. */
  Fault failure() {
    state.lock.lock();
    try {
      return state.failure;
    } finally {
      state.lock.unlock();
    }
  }

  /** Ends the thread when everything is on disk; who waits gets an exception. */
  @Override
  public void close() {
    state.lock.lock();
    try {
      state.closed = true;
      state.moreBytes.signalAll();
      state.moreRoom.signalAll();
      state.flushDue.signalAll();
    } finally {
      state.lock.unlock();
    }
    boolean interrupted = Thread.interrupted();
    try {
      writer.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes and removes its files. */
  void discard() throws IOException {
    state.lock.lock();
    try {
      beginDiskAnew(state.head);
    } finally {
      state.lock.unlock();
    }
    close();
  }

  private void appendPiece(byte[] bytes, int offset, int length, long recordEnd)
      throws IOException, InterruptedException {
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, awaitRoom(recordEnd));
      state.ring.put(state.head, bytes, offset + done, count);
      done += count;
      boolean writerIdle = state.head == state.flushed;
      state.head += count;
      state.tail = Math.max(state.tail, state.head - state.ring.length());
      state.moreBytes.signalAll();
      if (writerIdle || state.head - state.flushed >= state.flushBytes()) {
        state.flushDue.signalAll();
      }
    }
  }

  private int awaitRoom(long recordEnd) throws IOException, InterruptedException {
    long patience = DISK_PATIENCE_NANOS;
    while (true) {
      checkOpen();
      long room = state.ring.length() - (state.head - floor());
      if (!state.keepsRead) {
        long most = Math.max(state.options.maxWaitingBytes(), state.ring.length());
        room = Math.min(room, state.read + most - state.head);
      }
      if (room > 0) {
        return (int) Math.min(room, Integer.MAX_VALUE);
      }
      boolean readerIsAhead = state.keepsRead && state.read > state.flushed;
      if (!readerIsAhead && state.keepsRead && state.diskFault != null) {
        throw new FaultException(state.diskFault);
      } else if ((readerIsAhead || isBeforeHole()) && patience > 0) {
        patience = state.moreRoom.awaitNanos(patience);
      } else if (readerIsAhead) {
        beginDiskAnew(recordEnd);
      } else if (isBeforeHole()) {
        beginDiskAtReader();
        patience = DISK_PATIENCE_NANOS;
      } else {
        state.moreRoom.await(LogState.DISK_RETRY_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  /** The oldest byte that must stay in the ring. */
  private long floor() {
    if (!state.keepsRead) {
      return Math.max(state.flushed, state.read);
    }
    return isBeforeHole() ? state.read : state.flushed;
  }

  /** Whether all that is unread is in the ring, and stays there. */
  private boolean isBeforeHole() {
    return state.keepsRead && state.read < state.holeEnd;
  }

  private void beginDiskAnew(long position) {
    state.segments.doomAll();
    state.flushDue.signalAll();
    state.holes++;
    state.holeEnd = position;
    state.flushed = position;
    // What is removed makes room: the disk is tried once more before it is called full.
    state.diskFault = null;
  }

  /** The disk gets all that is unread, so that there is room for more; it may be wide by now. */
  private void beginDiskAtReader() {
    byte[] header = new byte[RecordHeader.LEAST_BYTES];
    state.ring.get(state.read, header, 0, header.length);
    beginDiskAnew(state.read);
    state.segments.roll(state.read, RecordHeader.startOffset(ByteBuffer.wrap(header), 0));
  }

  private void consumed(long position) {
    if (position > state.read) {
      state.read = position;
      if (!state.keepsRead && state.segments.doomBefore(state.read)) {
        state.flushDue.signalAll();
      }
      state.moreRoom.signalAll();
    }
  }

  /** Returns false when there is nothing in time, or nothing more to come. */
  private boolean awaitBytes(long position, long timeoutMillis)
      throws IOException, InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    while (position >= state.head) {
      if (state.ended) {
        return false;
      }
      if (state.failure != null) {
        throw new FaultException(state.failure);
      }
      checkOpen();
      if (left <= 0) {
        return false;
      }
      left = state.moreBytes.awaitNanos(left);
    }
    return true;
  }

  private void checkOpen() throws IOException {
    if (state.closed) {
      throw new IOException("the relay log is closed");
    }
  }
}
