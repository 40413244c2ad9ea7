package io.cachesync.contract;

/** What a person wants of a job. */
public enum Desired {
  RUN,
  /** Read on into the relay log, stop applying. */
  PAUSE,
  /** End, and keep the checkpoint. */
  STOP,
  /** Apply what was received, end, and remove the checkpoint. */
  FINISH,
  /** Apply nothing more, end, and remove the checkpoint: the target stays as it is. */
  REMOVE,
  UNKNOWN
}
