package io.cachesync.web.check;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LimitSpec;
import java.time.Instant;

/**
 * A check of data.
 *
 * @param taskId the task whose ends and filter it has, or null
 * @param sourceNumber which of the task's sources, from 0, or {@link #ALL_SOURCES} of several
 * @param sourceEndpointId the registered endpoint, or null for one that was typed into its task
 * @param endsHash the same for checks of the same two ends
 * @param specJson the contract's CheckSpec without ends, and without the filter of a task
 * @param bytesPerSecond of each side, 0 = no limit
 * @param commandsPerSecond to each side, 0 = no limit
 * @param restarts how often its agent was started again
 * @param retryAt before this it is not looked after again, or null
 * @param faultCode why it waits or failed, or null
 * @param reportJson the contract's CheckReport as last told, or null before the first
 * @param comparedKeys of the first round
 * @param listed differences that the console has, {@link #NOT_LISTED} while it has not read them or
 *     where it could not
 */
public record Check(
    Long id,
    Long taskId,
    String taskName,
    int sourceNumber,
    Long sourceEndpointId,
    String sourceLabel,
    Long targetEndpointId,
    String targetLabel,
    String endsHash,
    Long machineId,
    String machineName,
    String specJson,
    long bytesPerSecond,
    long commandsPerSecond,
    CheckState state,
    Instant stateSince,
    int restarts,
    Instant retryAt,
    FaultCode faultCode,
    String faultMessage,
    String reportJson,
    long comparedKeys,
    long differentKeys,
    long settlingKeys,
    int listed,
    String createdBy,
    Instant createdAt,
    Instant startedAt,
    Instant endedAt) {
  static final int NOT_LISTED = -1;

  /** The target is compared with all of a task's sources together. */
  static final int ALL_SOURCES = -1;

  /** As {@code 10.0.0.1:6379 → cache-b}. */
  public String name() {
    return sourceLabel + " → " + targetLabel;
  }

  /** The id of its one job on a machine. */
  String jobId() {
    return "check-" + id;
  }

  public boolean ofAllSources() {
    return sourceNumber == ALL_SOURCES;
  }

  LimitSpec limits() {
    return new LimitSpec(bytesPerSecond, commandsPerSecond);
  }
}
