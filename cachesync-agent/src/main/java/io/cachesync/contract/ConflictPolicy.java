package io.cachesync.contract;

/** What to do when the target is not empty. */
public enum ConflictPolicy {
  /** Do not start. */
  REFUSE,
  /** The source's value replaces the target's. */
  REPLACE,
  /** A key that is at the target before it is copied stays as it is, then and later. */
  SKIP,
  /** Stop at the first key that is at the target before it is copied. */
  FAIL,
  UNKNOWN
}
