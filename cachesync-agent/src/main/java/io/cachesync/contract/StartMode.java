package io.cachesync.contract;

/** What a start may take a target for that does not hold the task's checkpoint. */
public enum StartMode {
  /** A new one: it is claimed, and the full sync begins. */
  FRESH_ALLOWED,
  /**
   * One that has lost it: the start ends with {@link FaultCode#CHECKPOINT_GONE}. Not where the
   * target tells that the task has claimed it and copied nothing yet: it was set back, and is
   * copied into once more.
   */
  MUST_RESUME,
  UNKNOWN
}
