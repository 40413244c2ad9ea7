package io.cachesync.web.task;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.SyncSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * What was asked of a task.
 *
 * @param sourceEndpointId the registered endpoint, or null for one that was typed in
 * @param sourceLabel what the pages call it: the registered name, or the address
 * @param sourceJson the contract's RedisEndpoint as it was when last saved, or null while unknown
 * @param sourceSecret the typed-in password, encrypted; null for a registered endpoint
 * @param databaseList numbers separated by commas; empty = all
 * @param filterJson the contract's FilterSpec without {@code databases}, or null to move all
 * @param machineName kept for the history when the machine is gone
 * @param bytesPerSecond 0 = no limit
 * @param commandsPerSecond 0 = no limit
 * @param restartLimit how often a dead agent is started again by itself
 * @param startAt when to start by itself, or null for as soon as a person says so
 * @param afresh whether the next start forgets the checkpoint
 * @param stayOnMachine whether it waits for its machine where that does not answer, instead of
 *     being taken over by another
 * @param moreSourceIds ids of the registered endpoints that are sources besides, separated and
 *     enclosed by commas, {@code ,5,7,}; empty for none
 * @param moreSourcesJson a list of the contract's RedisEndpoint in the same order, or null for none
 */
public record TaskSpec(
    long taskId,
    Long sourceEndpointId,
    String sourceLabel,
    String sourceJson,
    String sourceSecret,
    Long targetEndpointId,
    String targetLabel,
    String targetJson,
    String targetSecret,
    SyncMode syncMode,
    String databaseList,
    String filterJson,
    ConflictPolicy onExists,
    Long machineId,
    String machineName,
    long bytesPerSecond,
    long commandsPerSecond,
    long lagBoundMillis,
    int restartLimit,
    Instant startAt,
    boolean afresh,
    boolean stayOnMachine,
    String moreSourceIds,
    String moreSourcesJson) {

  public static final int DEFAULT_RESTART_LIMIT = 20;

  static TaskSpec empty(long taskId) {
    return new TaskSpec(
        taskId,
        null,
        "",
        null,
        null,
        null,
        "",
        null,
        null,
        SyncMode.SYNC,
        "",
        null,
        ConflictPolicy.REFUSE,
        null,
        "",
        0,
        0,
        SyncSpec.DEFAULT_LAG_BOUND_MILLIS,
        DEFAULT_RESTART_LIMIT,
        null,
        false,
        false,
        "",
        null);
  }

  TaskSpec withEnds(
      Long newSourceEndpointId,
      String newSourceLabel,
      String newSourceJson,
      String newSourceSecret,
      Long newTargetEndpointId,
      String newTargetLabel,
      String newTargetJson,
      String newTargetSecret) {
    return new TaskSpec(
        taskId,
        newSourceEndpointId,
        newSourceLabel,
        newSourceJson,
        newSourceSecret,
        newTargetEndpointId,
        newTargetLabel,
        newTargetJson,
        newTargetSecret,
        syncMode,
        databaseList,
        filterJson,
        onExists,
        machineId,
        machineName,
        bytesPerSecond,
        commandsPerSecond,
        lagBoundMillis,
        restartLimit,
        startAt,
        afresh,
        stayOnMachine,
        moreSourceIds,
        moreSourcesJson);
  }

  /**
   * The same for another task: at its own time, from its own beginning, without typed passwords.
   */
  TaskSpec copiedTo(long otherTaskId) {
    return new TaskSpec(
        otherTaskId,
        sourceEndpointId,
        sourceLabel,
        sourceJson,
        null,
        targetEndpointId,
        targetLabel,
        targetJson,
        null,
        syncMode,
        databaseList,
        filterJson,
        onExists,
        machineId,
        machineName,
        bytesPerSecond,
        commandsPerSecond,
        lagBoundMillis,
        restartLimit,
        null,
        false,
        stayOnMachine,
        moreSourceIds,
        moreSourcesJson);
  }

  TaskSpec withMachine(Long newMachineId, String newMachineName) {
    return new TaskSpec(
        taskId,
        sourceEndpointId,
        sourceLabel,
        sourceJson,
        sourceSecret,
        targetEndpointId,
        targetLabel,
        targetJson,
        targetSecret,
        syncMode,
        databaseList,
        filterJson,
        onExists,
        newMachineId,
        newMachineName,
        bytesPerSecond,
        commandsPerSecond,
        lagBoundMillis,
        restartLimit,
        startAt,
        afresh,
        stayOnMachine,
        moreSourceIds,
        moreSourcesJson);
  }

  TaskSpec withWhat(
      SyncMode newSyncMode,
      String newDatabaseList,
      String newFilterJson,
      ConflictPolicy newOnExists) {
    return new TaskSpec(
        taskId,
        sourceEndpointId,
        sourceLabel,
        sourceJson,
        sourceSecret,
        targetEndpointId,
        targetLabel,
        targetJson,
        targetSecret,
        newSyncMode,
        newDatabaseList,
        newFilterJson,
        newOnExists,
        machineId,
        machineName,
        bytesPerSecond,
        commandsPerSecond,
        lagBoundMillis,
        restartLimit,
        startAt,
        afresh,
        stayOnMachine,
        moreSourceIds,
        moreSourcesJson);
  }

  TaskSpec withHow(
      long newBytesPerSecond,
      long newCommandsPerSecond,
      long newLagBoundMillis,
      int newRestartLimit,
      Instant newStartAt,
      boolean newStayOnMachine) {
    return new TaskSpec(
        taskId,
        sourceEndpointId,
        sourceLabel,
        sourceJson,
        sourceSecret,
        targetEndpointId,
        targetLabel,
        targetJson,
        targetSecret,
        syncMode,
        databaseList,
        filterJson,
        onExists,
        machineId,
        machineName,
        newBytesPerSecond,
        newCommandsPerSecond,
        newLagBoundMillis,
        newRestartLimit,
        newStartAt,
        afresh,
        newStayOnMachine,
        moreSourceIds,
        moreSourcesJson);
  }

  TaskSpec withMoreSources(String newMoreSourceIds, String newMoreSourcesJson) {
    return new TaskSpec(
        taskId,
        sourceEndpointId,
        sourceLabel,
        sourceJson,
        sourceSecret,
        targetEndpointId,
        targetLabel,
        targetJson,
        targetSecret,
        syncMode,
        databaseList,
        filterJson,
        onExists,
        machineId,
        machineName,
        bytesPerSecond,
        commandsPerSecond,
        lagBoundMillis,
        restartLimit,
        startAt,
        afresh,
        stayOnMachine,
        newMoreSourceIds,
        newMoreSourcesJson);
  }

  /** The registered endpoints that are sources besides, in their order. */
  public List<Long> moreSources() {
    return Arrays.stream(moreSourceIds.split(","))
        .filter(id -> !id.isEmpty())
        .map(Long::valueOf)
        .toList();
  }

  public List<Integer> databases() {
    return Arrays.stream(databaseList.split(","))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .map(Integer::valueOf)
        .toList();
  }

  public LimitSpec limits() {
    return new LimitSpec(bytesPerSecond, commandsPerSecond);
  }

  /** Never with its secrets. */
  @Override
  public String toString() {
    return "TaskSpec[" + taskId + ", " + sourceLabel + " -> " + targetLabel + "]";
  }
}
