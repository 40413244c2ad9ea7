package io.cachesync.contract;

/** What to do with what the target's version has no place for in any form. */
public enum UnsupportedPolicy {
  /** The link stops with VERSION_TOO_OLD. */
  STOP,
  /** It is left out, counted, and listed among the dead letters. */
  SKIP,
  UNKNOWN
}
