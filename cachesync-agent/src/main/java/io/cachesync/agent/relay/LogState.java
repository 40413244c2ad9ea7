package io.cachesync.agent.relay;

import io.cachesync.contract.Fault;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What who appends, who reads and who writes behind share of one log. Every field that changes is
 * guarded by the lock, the ring and the segments too.
 *
 * <pre>
 * files   [segment][segment][segment......|flushed
 * ring                              |tail ...........|head
 * reader                    |read
 * </pre>
 */
final class LogState {
  /** How long is waited before the disk is tried once more. */
  static final long DISK_RETRY_MILLIS = 1000;

  private static final int FLUSH_BYTES = 256 * 1024;

  final boolean keepsRead;
  final RelayOptions options;
  final Ring ring;
  final Segments segments;
  final ReentrantLock lock = new ReentrantLock();
  final Condition moreBytes = lock.newCondition();
  final Condition moreRoom = lock.newCondition();
  final Condition flushDue = lock.newCondition();

  long head;
  long tail;
  long flushed;
  long read;

  /** Up to here, from what was flushed before, the disk has a hole. */
  long holeEnd;

  int holes;
  boolean ended;
  boolean closed;
  Fault failure;
  Fault diskFault;

  /**
   * @param keepsRead whether everything goes to disk; otherwise only what the reader is late for
   * @param recovered what is on disk already, in order
   */
  LogState(
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
  }

  /** A snapshot's reader gets half a ring of lead before anything is written for it. */
  int flushBytes() {
    return keepsRead ? Math.min(FLUSH_BYTES, ring.length() / 4) : ring.length() / 2;
  }

  long unflushed() {
    return Math.max(0, head - flushed);
  }
}
