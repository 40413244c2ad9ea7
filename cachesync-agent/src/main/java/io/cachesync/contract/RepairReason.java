package io.cachesync.contract;

/**
 * Why a key was not repaired, or would not be. Some have a detail in {@link RepairedKey#detail}.
 */
public enum RepairReason {
  /** Several sources have it. Detail: their addresses. */
  SEVERAL_SOURCES,
  /** No source has it, and a running task of several sources cannot remove it. */
  NOT_WITHIN_TASK,
  /** It came to a source only after the repair had begun. */
  CAME_LATE,
  /** Another of the sources has got it meanwhile. */
  OTHER_SOURCE,
  /** The source's value is larger than can be fetched in one piece. */
  SOURCE_TOO_LARGE,
  /** What the target has is larger than can be kept. */
  TARGET_TOO_LARGE,
  /** The source is a replica that hides it as expired. */
  HIDDEN_AT_SOURCE,
  /** The target is a replica that hides it. */
  HIDDEN_AT_TARGET,
  /** Somebody else writes it at the target all the time. */
  WRITTEN_ALL_THE_TIME,
  /** Tasks come to the target and go all the time. */
  TASKS_ALL_THE_TIME,
  /** The running task has no source at the address that was given. */
  NOT_IN_TASK,
  /** The shard of the key is copied by another job of the running task. */
  OTHER_JOB,
  /** Only the beginning of its name is known. */
  NAME_UNKNOWN,
  /** The target has no form for all of its value. Detail: what is missing, in English. */
  NOT_WHOLE,
  /** A server refused, or could not be asked. Detail: its own words. */
  REFUSED,
  /** The same of some of its commands, others were executed. Detail: the server's own words. */
  REFUSED_IN_PART,
  UNKNOWN
}
