package io.cachesync.agent.sync;

/** Hears how far a lane is. */
interface LaneProgress {
  /** Everything up to this offset is at the target. */
  void applied(long offset);

  /** The same, under a checkpoint and with nothing in doubt. */
  void settled(long offset);
}
