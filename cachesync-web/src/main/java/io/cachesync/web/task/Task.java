package io.cachesync.web.task;

import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * One migration, as a person created it.
 *
 * @param uid 12 hex digits, random: names the task at the target and its jobs on machines, so that
 *     two consoles never mean the same
 * @param tags separated and enclosed by commas, {@code ,a,b,}; empty for none
 * @param wizardStep the step of the wizard that a draft has reached, 1 to 4
 * @param overdue whether it is longer in its state than the state allows
 * @param version counts the changes of this row
 * @param restarts how often its agent was started again since the last start by a person
 * @param retryAt not to be started again before this, or null
 * @param faultCode why it failed or recovers, otherwise null
 */
public record Task(
    long id,
    String uid,
    String name,
    String tags,
    String notes,
    String owner,
    int wizardStep,
    TaskState state,
    Desired desired,
    Instant stateSince,
    boolean overdue,
    long version,
    int restarts,
    Instant retryAt,
    FaultCode faultCode,
    String faultMessage,
    Instant createdAt,
    Instant startedAt,
    Instant endedAt) {

  public TaskRun run() {
    return new TaskRun(state, desired, stateSince, overdue);
  }

  /** Whether nobody has moved it between this and a later look at it. */
  public boolean isStill(Task later) {
    return later.version == version && later.state == state;
  }

  public List<String> tagList() {
    return Arrays.stream(tags.split(",")).filter(tag -> !tag.isEmpty()).toList();
  }

  /** The fault that it failed with or recovers from, or null. */
  public Fault fault() {
    return faultCode == null ? null : new Fault(faultCode, faultMessage, state != TaskState.FAILED);
  }

  /** Whether an agent was ever started for it, so that keys of ours may lie at the target. */
  public boolean hasRun() {
    return startedAt != null;
  }

  /** The id of its one job on a machine. */
  public String jobId() {
    return uid + "-0";
  }
}
