package io.cachesync.contract;

/** Where a check stands. */
public enum CheckPhase {
  CONNECTING,
  /** A round reads both sides. */
  COMPARING,
  /** Between two rounds, so that writes in flight arrive. */
  PAUSING,
  DONE,
  STOPPED,
  FAILED,
  UNKNOWN
}
