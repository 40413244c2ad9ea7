package io.cachesync.scenario;

/** Where in its life an agent is killed. */
enum Kill {
  /** While keys of the snapshot are being written. */
  FULL_SYNC,
  /** With nine tenths of the snapshot written. */
  FULL_SYNC_LATE,
  /** As soon as the stream is reported to have begun. */
  FULL_SYNC_END,
  STREAM,
  /** Paused, with commands waiting in the relay log. */
  PAUSED,
  /** Far behind a slow target, with more waiting than the relay log holds in memory. */
  BEHIND,
  /** With a batch waiting in the socket of a target that is busy. */
  BUSY_TARGET,
  /** Frozen, replaced by a second agent, and let go on: two writers must never both write. */
  FROZEN
}
