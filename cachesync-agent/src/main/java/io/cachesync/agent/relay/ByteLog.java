package io.cachesync.agent.relay;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A sequence of bytes in a ring in memory and, behind it, in files. One appends, one reads, a
 * thread of its own writes.
 *
 * <pre>
 * files   [segment][segment][segment......|flushed
 * ring                              |tail ...........|head
 * reader                    |read
 * </pre>
 *
 * <p>What is neither on disk nor read stays in the ring. When the disk is slower than the source
 * and the reader is not, the log on disk begins anew rather than anybody waiting for it.
 */
final class ByteLog implements Closeable {
  private static final int WRITE_BYTES = 1 << 20;
  private static final int FLUSH_BYTES = 256 * 1024;
  private static final long FLUSH_MILLIS = 20;
  private static final long DISK_RETRY_MILLIS = 1000;

  /** How long a slow disk may hold up the network before its log is given up. */
  private static final long DISK_PATIENCE_NANOS = 100_000_000;

  private final boolean keepsRead;
  private final RelayOptions options;
  private final Ring ring;
  private final Segments segments;
  private final Thread writer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moreBytes = lock.newCondition();
  private final Condition moreRoom = lock.newCondition();
  private final Condition flushDue = lock.newCondition();

  private long head;
  private long tail;
  private long flushed;
  private long read;

  /** Up to here, from what was flushed before, the disk has a hole. */
  private long holeEnd;

  private int holes;
  private boolean ended;
  private boolean closed;
  private Fault failure;
  private Fault diskFault;

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
    this.keepsRead = keepsRead;
    this.options = options;
    this.ring = new Ring(options.memoryBytes());
    this.segments = new Segments(folder, prefix, options, clock, recovered);
    if (!recovered.isEmpty()) {
      Segment last = recovered.get(recovered.size() - 1);
      head = last.position + last.writtenBytes;
      tail = head;
      flushed = head;
      read = recovered.get(0).position;
    }
    writer = new Thread(this::writeBehind, "relay-" + prefix);
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
    lock.lock();
    try {
      checkOpen();
      if (keepsRead && head - read > options.maxWaitingBytes()) {
        throw new FaultException(
            Fault.retryable(
                FaultCode.RELAY_FULL, "more than " + options.maxWaitingBytes() + " bytes wait"));
      }
      segments.roll(head, startOffset);
      long recordEnd = head + header.length + length;
      appendPiece(header, 0, header.length, recordEnd);
      appendPiece(bytes, offset, length, recordEnd);
      whenWhole.run();
    } finally {
      lock.unlock();
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
    lock.lock();
    try {
      consumed(needed);
      if (!awaitBytes(position, timeoutMillis)) {
        return ended ? -1 : 0;
      }
      if (position >= tail) {
        count = (int) Math.min(length, head - position);
        ring.get(position, into, offset, count);
        return count;
      }
      segment = segments.at(position);
      if (segment == null) {
        throw new IOException("position " + position + " of the relay log is no longer there");
      }
      count = (int) Math.min(length, Math.min(flushed, segments.endOf(segment)) - position);
      if (count <= 0) {
        throw new IOException("position " + position + " of the relay log is not on disk");
      }
    } finally {
      lock.unlock();
    }
    cursor.read(segment, position - segment.position, into, offset, count);
    return count;
  }

  /** Where reading can begin to find this offset, or -1 where it lies before everything. */
  long positionBefore(long replOffset) {
    lock.lock();
    try {
      return segments.positionBefore(replOffset);
    } finally {
      lock.unlock();
    }
  }

  long firstOffset() {
    lock.lock();
    try {
      return segments.firstOffset();
    } finally {
      lock.unlock();
    }
  }

  /** The reader goes to this position; everything from there on is unread. */
  void seek(long position) {
    lock.lock();
    try {
      read = position;
    } finally {
      lock.unlock();
    }
  }

  /** Removes segments that end at or below this offset, once they are old or many. */
  void trim(long appliedOffset) {
    lock.lock();
    try {
      if (segments.trim(appliedOffset, read)) {
        flushDue.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  long waitingBytes() {
    lock.lock();
    try {
      return head - read;
    } finally {
      lock.unlock();
    }
  }

  long diskBytes() {
    lock.lock();
    try {
      return segments.writtenBytes();
    } finally {
      lock.unlock();
    }
  }

  /** Bytes appended so far, counted from the log's beginning. */
  long head() {
    lock.lock();
    try {
      return head;
    } finally {
      lock.unlock();
    }
  }

  /** No more bytes will come, and that is as it should be. */
  void end() {
    lock.lock();
    try {
      ended = true;
      moreBytes.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** No more bytes will come for now; null takes that back. */
  void fail(Fault fault) {
    lock.lock();
    try {
      failure = fault;
      moreBytes.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the thread when everything is on disk; who waits gets an exception. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      moreBytes.signalAll();
      moreRoom.signalAll();
      flushDue.signalAll();
    } finally {
      lock.unlock();
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
    lock.lock();
    try {
      beginDiskAnew(head);
    } finally {
      lock.unlock();
    }
    close();
  }

  private void appendPiece(byte[] bytes, int offset, int length, long recordEnd)
      throws IOException, InterruptedException {
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, awaitRoom(recordEnd));
      ring.put(head, bytes, offset + done, count);
      done += count;
      boolean writerIdle = head == flushed;
      head += count;
      tail = Math.max(tail, head - ring.length());
      moreBytes.signalAll();
      if (writerIdle || head - flushed >= flushBytes()) {
        flushDue.signalAll();
      }
    }
  }

  private int awaitRoom(long recordEnd) throws IOException, InterruptedException {
    long patience = DISK_PATIENCE_NANOS;
    while (true) {
      checkOpen();
      long room = ring.length() - (head - floor());
      if (!keepsRead) {
        long most = Math.max(options.maxWaitingBytes(), ring.length());
        room = Math.min(room, read + most - head);
      }
      if (room > 0) {
        return (int) Math.min(room, Integer.MAX_VALUE);
      }
      boolean readerIsAhead = keepsRead && read > flushed;
      if (readerIsAhead && patience <= 0) {
        beginDiskAnew(recordEnd);
      } else if (readerIsAhead) {
        patience = moreRoom.awaitNanos(patience);
      } else if (keepsRead && diskFault != null) {
        throw new FaultException(diskFault);
      } else {
        moreRoom.await(DISK_RETRY_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  /** The oldest byte that must stay in the ring. */
  private long floor() {
    if (!keepsRead) {
      return Math.max(flushed, read);
    }
    return read < holeEnd ? read : flushed;
  }

  private void beginDiskAnew(long position) {
    segments.doomAll();
    flushDue.signalAll();
    holes++;
    holeEnd = position;
    flushed = position;
  }

  private void consumed(long position) {
    if (position > read) {
      read = position;
      if (!keepsRead && segments.doomBefore(read)) {
        flushDue.signalAll();
      }
      moreRoom.signalAll();
    }
  }

  /** Returns false when there is nothing in time, or nothing more to come. */
  private boolean awaitBytes(long position, long timeoutMillis)
      throws IOException, InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    while (position >= head) {
      if (ended) {
        return false;
      }
      if (failure != null) {
        throw new FaultException(failure);
      }
      checkOpen();
      if (left <= 0) {
        return false;
      }
      left = moreBytes.awaitNanos(left);
    }
    return true;
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException("the relay log is closed");
    }
  }

  private void writeBehind() {
    try {
      while (writeNext()) {
        deleteDoomed();
      }
      deleteDoomed();
      segments.closeFiles();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Writes one piece; returns false when the log is closed and everything is written. */
  private boolean writeNext() throws InterruptedException {
    Segment segment;
    long from;
    int count;
    int holesBefore;
    lock.lock();
    try {
      if (!awaitFlush()) {
        return false;
      }
      if (segments.hasDoomed() && unflushed() < flushBytes()) {
        return true;
      }
      from = flushed;
      segment = segments.at(from);
      long most = Math.min(Math.min(head, segments.endOf(segment)) - from, WRITE_BYTES);
      count = ring.inOnePiece(from, most);
      holesBefore = holes;
    } finally {
      lock.unlock();
    }
    IOException problem = null;
    try {
      ring.write(from, count, segment);
      if (from + count == endOfLocked(segment)) {
        segment.closeFile();
      }
    } catch (IOException e) {
      problem = e;
    }
    lock.lock();
    try {
      written(segment, from, count, holesBefore, problem);
      return !(closed && problem != null);
    } finally {
      lock.unlock();
    }
  }

  private long endOfLocked(Segment segment) {
    lock.lock();
    try {
      return segments.endOf(segment);
    } finally {
      lock.unlock();
    }
  }

  private void written(Segment segment, long from, int count, int holesBefore, IOException problem)
      throws InterruptedException {
    if (problem != null) {
      diskFault = diskFull(problem);
      moreRoom.signalAll();
      if (!closed) {
        flushDue.await(DISK_RETRY_MILLIS, TimeUnit.MILLISECONDS);
      }
    } else if (holes == holesBefore) {
      diskFault = null;
      segment.writtenBytes = Math.max(segment.writtenBytes, from + count - segment.position);
      flushed = from + count;
      moreRoom.signalAll();
    }
  }

  /** Waits until there is something to do; returns false at the end. */
  private boolean awaitFlush() throws InterruptedException {
    while (true) {
      if (!keepsRead) {
        flushed = Math.max(flushed, Math.min(read, head));
      }
      long waiting = unflushed();
      if (segments.hasDoomed() || waiting >= flushBytes()) {
        return true;
      }
      if (closed) {
        return keepsRead && waiting > 0;
      }
      if (waiting == 0 || !keepsRead) {
        flushDue.await();
      } else if (flushDue.awaitNanos(TimeUnit.MILLISECONDS.toNanos(FLUSH_MILLIS)) <= 0
          && unflushed() > 0) {
        return true;
      }
    }
  }

  /** A snapshot's reader gets half a ring of lead before anything is written for it. */
  private int flushBytes() {
    return keepsRead ? Math.min(FLUSH_BYTES, ring.length() / 4) : ring.length() / 2;
  }

  private long unflushed() {
    return Math.max(0, head - flushed);
  }

  private void deleteDoomed() {
    while (true) {
      Segment next;
      lock.lock();
      try {
        next = segments.pollDoomed();
      } finally {
        lock.unlock();
      }
      if (next == null) {
        return;
      }
      try {
        next.delete();
      } catch (IOException e) {
        // It lies around until the next start removes it.
      }
    }
  }

  private Fault diskFull(IOException e) {
    return Fault.fatal(
        FaultCode.DISK_FULL,
        "cannot write the relay log in " + segments.folder() + ": " + e.getMessage());
  }
}
