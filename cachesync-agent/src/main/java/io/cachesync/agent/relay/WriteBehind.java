package io.cachesync.agent.relay;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** The thread of a log that writes its bytes to files, and removes files that are doomed. */
final class WriteBehind implements Runnable {
  private static final int WRITE_BYTES = 1 << 20;
  private static final long FLUSH_MILLIS = 20;

  private final LogState state;

  WriteBehind(LogState state) {
    this.state = state;
  }

  @Override
  public void run() {
    try {
      while (writeNext()) {
        deleteDoomed();
      }
      deleteDoomed();
      state.segments.closeFiles();
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
    state.lock.lock();
    try {
      if (!awaitFlush()) {
        return false;
      }
      from = state.flushed;
      segment = state.segments.at(from);
      if (state.unflushed() < state.flushBytes() && state.segments.hasDoomed()
          || state.segments.isNameDoomed(segment)) {
        return true;
      }
      long most = Math.min(Math.min(state.head, state.segments.endOf(segment)) - from, WRITE_BYTES);
      count = state.ring.inOnePiece(from, most);
      holesBefore = state.holes;
    } finally {
      state.lock.unlock();
    }
    IOException problem = null;
    try {
      state.ring.write(from, count, segment);
      if (from + count == endOfLocked(segment)) {
        segment.closeFile();
      }
    } catch (IOException e) {
      problem = e;
    }
    state.lock.lock();
    try {
      written(segment, from, count, holesBefore, problem);
      return !(state.closed && problem != null);
    } finally {
      state.lock.unlock();
    }
  }

  private long endOfLocked(Segment segment) {
    state.lock.lock();
    try {
      return state.segments.endOf(segment);
    } finally {
      state.lock.unlock();
    }
  }

  private void written(Segment segment, long from, int count, int holesBefore, IOException problem)
      throws InterruptedException {
    if (problem != null && state.segments.hasDoomed()) {
      // Tried again once they are removed.
      return;
    }
    if (problem != null) {
      state.diskFault = diskFull(problem);
      state.moreRoom.signalAll();
      if (!state.closed) {
        state.flushDue.await(LogState.DISK_RETRY_MILLIS, TimeUnit.MILLISECONDS);
      }
    } else if (state.holes == holesBefore) {
      state.diskFault = null;
      segment.writtenBytes = Math.max(segment.writtenBytes, from + count - segment.position);
      state.flushed = from + count;
      state.moreRoom.signalAll();
    }
  }

  /** Waits until there is something to do; returns false at the end. */
  private boolean awaitFlush() throws InterruptedException {
    while (true) {
      if (!state.keepsRead) {
        state.flushed = Math.max(state.flushed, Math.min(state.read, state.head));
      }
      long waiting = state.unflushed();
      if (state.segments.hasDoomed() || waiting >= state.flushBytes()) {
        return true;
      }
      if (state.closed) {
        return state.keepsRead && waiting > 0;
      }
      if (waiting == 0 || !state.keepsRead) {
        state.flushDue.await();
      } else if (state.flushDue.awaitNanos(TimeUnit.MILLISECONDS.toNanos(FLUSH_MILLIS)) <= 0
          && state.unflushed() > 0) {
        return true;
      }
    }
  }

  private void deleteDoomed() {
    while (true) {
      Segment next;
      state.lock.lock();
      try {
        next = state.segments.pollDoomed();
      } finally {
        state.lock.unlock();
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
        "cannot write the relay log in " + state.segments.folder() + ": " + e.getMessage());
  }
}
