package io.cachesync.web.task;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.SyncMode;
import io.cachesync.contract.SyncSpec;
import io.cachesync.contract.UnsupportedPolicy;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * What was asked of a task.
 *
 * @param moreSourceIds ids of the registered endpoints that are sources besides, separated and
 *     enclosed by commas, {@code ,5,0,7,}; 0 for one that was typed in; empty for none
 * @param moreSourcesJson a list of the contract's RedisEndpoint in the same order, or null for none
 * @param moreSourceSecrets a list of the encrypted passwords of those that were typed in, in the
 *     same order, or null where there is no password; {@link MoreSources} reads it
 * @param machineName kept for the history when the machine is gone
 * @param afresh whether the next start forgets the checkpoint
 */
public record TaskSpec(
    long taskId,
    StoredEnd source,
    StoredEnd target,
    String moreSourceIds,
    String moreSourcesJson,
    String moreSourceSecrets,
    Long machineId,
    String machineName,
    What what,
    How how,
    boolean afresh) {

  public static final int DEFAULT_RESTART_LIMIT = 20;

  /** In place of an endpoint's id. */
  static final long TYPED = 0;

  /**
   * What is moved.
   *
   * @param databaseList numbers separated by commas; empty = all
   * @param filterJson the contract's FilterSpec without {@code databases}, or null to move all
   */
  public record What(
      SyncMode syncMode,
      String databaseList,
      String filterJson,
      ConflictPolicy onExists,
      UnsupportedPolicy onUnsupported) {

    public List<Integer> databases() {
      return Arrays.stream(databaseList.split(","))
          .map(String::strip)
          .filter(text -> !text.isEmpty())
          .map(Integer::valueOf)
          .toList();
    }
  }

  /**
   * How it runs.
   *
   * @param bytesPerSecond 0 = no limit
   * @param commandsPerSecond 0 = no limit
   * @param restartLimit how often a dead agent is started again by itself
   * @param startAt when to start by itself, or null for as soon as a person says so
   * @param stayOnMachine whether it waits for its machine where that does not answer, instead of
   *     being taken over by another
   * @param parallelFullSyncs how many shards or sources each of its agents copies at once; 0 for
   *     {@link SyncSpec#DEFAULT_PARALLEL_FULL_SYNCS}
   */
  public record How(
      long bytesPerSecond,
      long commandsPerSecond,
      long lagBoundMillis,
      int restartLimit,
      Instant startAt,
      boolean stayOnMachine,
      int parallelFullSyncs) {

    public LimitSpec limits() {
      return new LimitSpec(bytesPerSecond, commandsPerSecond);
    }

    /** What each of several jobs may have of the limits. */
    How shared(int jobs) {
      return new How(
          (bytesPerSecond + jobs - 1) / jobs,
          (commandsPerSecond + jobs - 1) / jobs,
          lagBoundMillis,
          restartLimit,
          startAt,
          stayOnMachine,
          parallelFullSyncs);
    }

    /** The same as soon as a person says so. */
    How atOnce() {
      return new How(
          bytesPerSecond,
          commandsPerSecond,
          lagBoundMillis,
          restartLimit,
          null,
          stayOnMachine,
          parallelFullSyncs);
    }

    /** The same with at most so many full syncs at once; 0 for the agent's own number. */
    How inParallel(int fullSyncs) {
      return new How(
          bytesPerSecond,
          commandsPerSecond,
          lagBoundMillis,
          restartLimit,
          startAt,
          stayOnMachine,
          fullSyncs);
    }
  }

  static TaskSpec empty(long taskId) {
    return new TaskSpec(
        taskId,
        StoredEnd.unknown(),
        StoredEnd.unknown(),
        "",
        null,
        null,
        null,
        "",
        new What(SyncMode.SYNC, "", null, ConflictPolicy.REFUSE, UnsupportedPolicy.STOP),
        new How(0, 0, SyncSpec.DEFAULT_LAG_BOUND_MILLIS, DEFAULT_RESTART_LIMIT, null, false, 0),
        false);
  }

  TaskSpec with(StoredEnd newSource, StoredEnd newTarget) {
    return new TaskSpec(
        taskId,
        newSource,
        newTarget,
        moreSourceIds,
        moreSourcesJson,
        moreSourceSecrets,
        machineId,
        machineName,
        what,
        how,
        afresh);
  }

  TaskSpec withMoreSources(
      String newMoreSourceIds, String newMoreSourcesJson, String newMoreSourceSecrets) {
    return new TaskSpec(
        taskId,
        source,
        target,
        newMoreSourceIds,
        newMoreSourcesJson,
        newMoreSourceSecrets,
        machineId,
        machineName,
        what,
        how,
        afresh);
  }

  TaskSpec withMachine(Long newMachineId, String newMachineName) {
    return new TaskSpec(
        taskId,
        source,
        target,
        moreSourceIds,
        moreSourcesJson,
        moreSourceSecrets,
        newMachineId,
        newMachineName,
        what,
        how,
        afresh);
  }

  /**
   * What is asked of a part of this task: all the same on its own machine.
   *
   * @param own what is stored of the part
   * @param parts that share the limits
   */
  TaskSpec ofPart(TaskSpec own, int parts) {
    return new TaskSpec(
        own.taskId,
        source,
        target,
        moreSourceIds,
        moreSourcesJson,
        moreSourceSecrets,
        own.machineId,
        own.machineName,
        what,
        how.shared(parts),
        own.afresh);
  }

  TaskSpec with(What newWhat) {
    return new TaskSpec(
        taskId,
        source,
        target,
        moreSourceIds,
        moreSourcesJson,
        moreSourceSecrets,
        machineId,
        machineName,
        newWhat,
        how,
        afresh);
  }

  TaskSpec with(How newHow) {
    return new TaskSpec(
        taskId,
        source,
        target,
        moreSourceIds,
        moreSourcesJson,
        moreSourceSecrets,
        machineId,
        machineName,
        what,
        newHow,
        afresh);
  }

  /**
   * The same for another task: at its own time, from its own beginning, without typed passwords.
   */
  TaskSpec copiedTo(long otherTaskId) {
    return new TaskSpec(
        otherTaskId,
        source.withoutSecrets(),
        target.withoutSecrets(),
        moreSourceIds,
        moreSourcesJson,
        null,
        machineId,
        machineName,
        what,
        how.atOnce(),
        false);
  }

  /** Ids of the endpoints that are sources besides, in their order; 0 for one that was typed in. */
  public List<Long> moreSources() {
    return Arrays.stream(moreSourceIds.split(","))
        .filter(id -> !id.isEmpty())
        .map(Long::valueOf)
        .toList();
  }

  /** Whether an end was typed in, and so has its login here. */
  public boolean hasTypedEnd() {
    return source.endpointId() == null
        || target.endpointId() == null
        || moreSources().contains(TYPED);
  }

  /** Never with its secrets. */
  @Override
  public String toString() {
    return "TaskSpec[" + taskId + ", " + source + " -> " + target + "]";
  }
}
