package io.cachesync.agent.sync;

import io.cachesync.agent.repair.RepairPiece;

/** What a link is asked to repair; it stays over its tries. Thread-safe. */
final class Repairs {
  private volatile RepairPiece piece;
  private long notBeforeNanos = System.nanoTime();

  /** Takes the place of what was asked for before. */
  synchronized void offer(RepairPiece next) {
    piece = next;
    notBeforeNanos = System.nanoTime();
  }

  /** What is to be done now, or null. */
  RepairPiece due() {
    return piece == null ? null : dueOrNull();
  }

  private synchronized RepairPiece dueOrNull() {
    if (piece != null && piece.isDone()) {
      piece = null;
    }
    return piece != null && System.nanoTime() - notBeforeNanos >= 0 ? piece : null;
  }

  /** The stream has its turn, for so long. */
  synchronized void rest(long nanos) {
    notBeforeNanos = System.nanoTime() + nanos;
  }
}
