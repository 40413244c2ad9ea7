package io.cachesync.contract;

/** How much of the source's life a task follows. */
public enum SyncMode {
  /** Full sync, then the replication stream until finished. */
  SYNC,
  /** Ends after the full sync. */
  FULL_ONLY,
  UNKNOWN
}
