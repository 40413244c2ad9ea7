package io.cachesync.contract;

/** What to do when the target is not empty. */
public enum ConflictPolicy {
  /** Do not start. */
  REFUSE,
  /** The source's value replaces the target's. */
  REPLACE,
  UNKNOWN
}
