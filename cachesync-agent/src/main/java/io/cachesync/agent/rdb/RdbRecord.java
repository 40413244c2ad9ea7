package io.cachesync.agent.rdb;

/** What {@link RdbReader#next} has found. */
public enum RdbRecord {
  /** A key with its value. */
  KEY,
  /** A function library (7.0 and later); its source stands in the text. */
  FUNCTION,
  /** A cached script (4.0 to 6.2); its source stands in the text. */
  SCRIPT,
  /** The end, with a checksum that matches. */
  END
}
