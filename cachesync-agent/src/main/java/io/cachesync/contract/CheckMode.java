package io.cachesync.contract;

/** How closely a check looks at a key. Each looks at existence, type and time to live. */
public enum CheckMode {
  /** The whole value. */
  FULL,
  /** How long the value is: bytes of a string, elements of anything else. */
  LENGTH,
  /** Nothing of the value. */
  OUTLINE,
  /** The whole of small values, the length of big ones. */
  SMART,
  UNKNOWN
}
