package io.cachesync.contract;

/** Why a key was fetched again from the source. */
public enum HealReason {
  /** A command on it failed at the target because of what the key held there. */
  REFUSED,
  /** A transaction was sent and its end not seen, or a former start ended without a last word. */
  UNANSWERED,
  /** A command would have read, or written with it, a key that is already further on. */
  KEY_AHEAD,
  /** It may have expired at the target before a command that was late for it. */
  EXPIRED_EARLY,
  /** A command put what it read in one hash slot into another, which no cluster does. */
  CROSS_SLOT,
  /** Its time to live is relative in the stream, and how old that part of it is was not known. */
  TIME_UNCERTAIN,
  /** It was computed from keys that the command does not name. */
  INPUTS_UNKNOWN,
  /** It was computed from, or together with, keys that are not moved. */
  INPUTS_NOT_MOVED,
  /** The source lost what was written to it last, in a failover. */
  SOURCE_FAILED_OVER,
  /** Its hash slot moved to another shard of the source. */
  SLOT_MOVED,
  /** The target's version has no words for a command that wrote it. */
  OLDER_TARGET,
  /** A source up to 4.0 sent the text of a script, which newer servers run otherwise. */
  SCRIPT_TEXT,
  /** A full sync was written over what a former one had left of it, or in its place. */
  SWEPT,
  /** A check found it unlike, and somebody chose it to be repaired. */
  REPAIRED,
  UNKNOWN
}
