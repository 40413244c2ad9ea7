package io.cachesync.agent.sync;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LogLevel;

/**
 * Full syncs, one after the other, that came to no end: for each the source has made a snapshot.
 * For the applying thread.
 */
final class BrokenFullSyncs {
  /** From here on it is no chance. */
  private static final int MANY = 3;

  private static final long FIRST_PAUSE_MILLIS = 5_000;
  private static final long MOST_PAUSE_MILLIS = 300_000;

  private final LinkParts parts;
  private RetryPolicy pauses = new RetryPolicy(FIRST_PAUSE_MILLIS, MOST_PAUSE_MILLIS);
  private int broken;

  /** Whether the last try has ended in one. */
  private boolean justBroken;

  BrokenFullSyncs(LinkParts parts) {
    this.parts = parts;
  }

  /** What is to be told of a fault by which a try has ended. */
  Fault judge(Fault fault) {
    FullSync.End end = parts.fullSync().takeEnd();
    justBroken = end == FullSync.End.BROKEN;
    if (end == FullSync.End.DONE) {
      broken = 0;
      pauses = new RetryPolicy(FIRST_PAUSE_MILLIS, MOST_PAUSE_MILLIS);
    } else if (justBroken) {
      broken++;
      boolean closed = fault.code() == FaultCode.CONNECTION_LOST;
      if (broken >= MANY && closed && parts.source().hasEndedBy(fault)) {
        return SnapshotTrouble.again(parts.sourceClient(), fault, broken);
      }
    }
    return fault;
  }

  /**
   * How long to wait before the next try, so that the source does not make one snapshot after the
   * other in vain.
   *
   * @param usual in milliseconds
   */
  long pause(long usual) {
    if (!justBroken || broken < MANY) {
      return usual;
    }
    long millis = Math.max(usual, pauses.failed());
    parts
        .state()
        .log(
            LogLevel.WARN,
            "the source has made %d snapshots in vain: it is asked for another one in %d s"
                .formatted(broken, Math.round(millis / 1000.0)));
    return millis;
  }
}
