package io.cachesync.contract;

/** One precheck each; docs/prechecks.md has what is measured and what to do. */
public enum PrecheckCode {
  SOURCE_REACHABLE,
  TARGET_REACHABLE,
  SOURCE_IS_NOT_TARGET,
  PSYNC_PERMITTED,
  TARGET_RIGHTS,
  ROLES,
  TOPOLOGY,
  VERSIONS,
  DATABASES,
  TARGET_EMPTY,
  TARGET_MEMORY,
  TARGET_EVICTION_POLICY,
  REPLICA_OUTPUT_BUFFER,
  REPLICATION_BACKLOG,
  SHORT_EXPIRY,
  AGENT_DISK,
  CLOCK_SKEW,
  OTHER_TASK,
  UNKNOWN
}
