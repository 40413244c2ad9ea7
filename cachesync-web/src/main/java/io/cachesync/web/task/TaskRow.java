package io.cachesync.web.task;

import io.cachesync.contract.Desired;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.Phase;
import io.cachesync.contract.SyncMode;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * A task as lists show it. What its stage has not told yet is null.
 *
 * @param heardAt when its stage last told, by the console's clock
 * @param inParts whether its shards are on several machines, each of which tells of its own
 * @param moreSources how many sources there are besides the one that is named
 */
public record TaskRow(
    long id,
    String name,
    String tags,
    String owner,
    TaskState state,
    Desired desired,
    Instant stateSince,
    boolean overdue,
    FaultCode faultCode,
    Instant createdAt,
    Instant startedAt,
    Instant endedAt,
    String sourceLabel,
    String targetLabel,
    String machineName,
    SyncMode syncMode,
    Phase phase,
    Integer percent,
    Long bytesPerSecond,
    Long commandsPerSecond,
    Long lagBytes,
    Long lagMillis,
    Boolean inSync,
    Long leftMillis,
    Long deadLetters,
    Instant heardAt,
    boolean inParts,
    int moreSources) {

  /** Whether its stage has been silent for so long that its figures tell nothing of now. */
  boolean silent(Instant now) {
    return !TaskProgress.fresh(heardAt, now);
  }

  boolean inSync(Instant now) {
    return Boolean.TRUE.equals(inSync) && TaskProgress.holds(state, heardAt, now);
  }

  public TaskRun run() {
    return new TaskRun(state, desired, stateSince, overdue);
  }

  public List<String> tagList() {
    return Arrays.stream(tags.split(",")).filter(tag -> !tag.isEmpty()).toList();
  }
}
