package io.cachesync.contract;

/** What a repair does with a key, or would do. */
public enum RepairCourse {
  /** The source's value is put at the target. */
  WRITE,
  /** Only the target has it, and it goes: so it was chosen. */
  DELETE,
  /** Only the target has it, and it stays: its removal was not chosen. */
  LEAVE,
  /** Neither side has it. */
  GONE,
  /** The filter does not move it. */
  NOT_MOVED,
  /** It could not be repaired; what the target had is there still. */
  FAIL,
  UNKNOWN
}
