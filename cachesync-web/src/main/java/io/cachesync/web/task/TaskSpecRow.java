package io.cachesync.web.task;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.UnsupportedPolicy;
import java.time.Instant;

/**
 * A row of task_spec, column by column.
 *
 * @param wholeId the task that its task is a part of, or null
 */
record TaskSpecRow(
    long taskId,
    Long sourceEndpointId,
    String sourceLabel,
    String sourceJson,
    String sourceSecret,
    String sourceSentinelSecret,
    Long targetEndpointId,
    String targetLabel,
    String targetJson,
    String targetSecret,
    String targetSentinelSecret,
    String moreSourceIds,
    String moreSourcesJson,
    String moreSourceSecrets,
    Long machineId,
    String machineName,
    SyncMode syncMode,
    String databaseList,
    String filterJson,
    ConflictPolicy onExists,
    UnsupportedPolicy onUnsupported,
    long bytesPerSecond,
    long commandsPerSecond,
    long lagBoundMillis,
    int restartLimit,
    Instant startAt,
    boolean stayOnMachine,
    int parallelFullSyncs,
    boolean afresh,
    Long wholeId) {

  TaskSpec spec() {
    return new TaskSpec(
        taskId,
        new StoredEnd(
            sourceEndpointId, sourceLabel, sourceJson, sourceSecret, sourceSentinelSecret),
        new StoredEnd(
            targetEndpointId, targetLabel, targetJson, targetSecret, targetSentinelSecret),
        moreSourceIds,
        moreSourcesJson,
        moreSourceSecrets,
        machineId,
        machineName,
        new TaskSpec.What(syncMode, databaseList, filterJson, onExists, onUnsupported),
        new TaskSpec.How(
            bytesPerSecond,
            commandsPerSecond,
            lagBoundMillis,
            restartLimit,
            startAt,
            stayOnMachine,
            parallelFullSyncs),
        afresh);
  }

  /** Never with its secrets. */
  @Override
  public String toString() {
    return "TaskSpecRow[" + taskId + "]";
  }
}
