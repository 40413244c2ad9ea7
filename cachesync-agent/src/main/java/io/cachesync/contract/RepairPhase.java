package io.cachesync.contract;

/** Where a repair stands. */
public enum RepairPhase {
  CONNECTING,
  /** The running task has not come to it yet. */
  WAITING,
  REPAIRING,
  /** What was repaired is compared. */
  CHECKING,
  DONE,
  STOPPED,
  FAILED,
  UNKNOWN;

  public boolean ended() {
    return this == DONE || this == STOPPED || this == FAILED;
  }
}
