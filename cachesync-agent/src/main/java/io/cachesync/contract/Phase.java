package io.cachesync.contract;

/** Where a link or a job stands. The order is the order of progress. */
public enum Phase {
  /** Taking the epoch, ending former writers, reading the checkpoint, handshake with the source. */
  CONNECTING,
  /**
   * Other links of the job are in their full sync, as many as may be at once; this one has asked
   * its source for nothing yet.
   */
  FULL_SYNC_QUEUED,
  /** The source prepares its snapshot. */
  FULL_SYNC_WAITING,
  FULL_SYNC,
  /**
   * The replication stream; {@link LinkStatus#inSync()} tells whether the lag is under its bound.
   */
  INCREMENTAL,
  PAUSED,
  /** Waiting to try again after a fault that passes. */
  RETRYING,
  FINISHING,
  /** Ended by itself or by finish, everything applied. */
  DONE,
  /** Ended on request, the checkpoint kept. */
  STOPPED,
  FAILED,
  UNKNOWN;

  public boolean ended() {
    return this == DONE || this == STOPPED || this == FAILED;
  }
}
