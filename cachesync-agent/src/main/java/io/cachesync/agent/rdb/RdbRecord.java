package io.cachesync.agent.rdb;

/** What {@link RdbReader#next} has found. */
public enum RdbRecord {
  /** A key with its value. */
  KEY,
  /**
   * A key with a part of its value, which is large: all parts follow each other, in order. A part
   * of a string stands in the text; of anything else it is elements without their number, in the
   * body ({@link PartElements}).
   */
  PART,
  /** A function library (7.0 and later); its source stands in the text. */
  FUNCTION,
  /** A cached script (4.0 to 6.2); its source stands in the text. */
  SCRIPT,
  /** The end, with a checksum that matches. */
  END
}
