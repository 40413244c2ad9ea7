package io.cachesync.web.sync;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.SyncMode;
import io.cachesync.web.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the survival clock of a task that stands still comes to: an estimate of its last reports, by
 * the size of the source's backlog and the rate that it was written at then.
 *
 * @param until by when the task is to be started, by the console's clock; null for a paused one,
 *     whose agent goes on telling
 */
public record SurvivalClock(Kind kind, Instant until) {
  /** What it asks of a person. */
  public enum Kind {
    /** Stopped or failed; started before, it goes on. */
    START_BEFORE,
    /** Stopped or failed; the source's backlog has probably passed what was applied. */
    PASSED,
    /** Paused, with less than {@link #SHORT} left. */
    PAUSED_SHORT,
    /** Paused; the backlog no longer reaches back to what was applied. */
    PAUSED_NONE
  }

  /** A paused task with less left than this is one to look at. */
  static final Duration SHORT = Duration.ofMinutes(10);

  /** What no start goes on from but one afresh, or one after which nothing is as it was. */
  private static final Set<FaultCode> AFRESH_ANYWAY =
      EnumSet.of(
          FaultCode.KEY_IN_TWO_SOURCES,
          FaultCode.SOURCE_REPLACED,
          FaultCode.SOURCE_RESHARDED,
          FaultCode.BACKLOG_OVERRUN,
          FaultCode.RESERVED_KEY,
          FaultCode.KEYS_COLLIDE,
          FaultCode.TARGET_EVICTS,
          FaultCode.WRONG_TYPE,
          FaultCode.CHECKPOINT_MISMATCH,
          FaultCode.CHECKPOINT_GONE,
          FaultCode.TASK_CHANGED,
          FaultCode.FULL_SYNC_INTERRUPTED,
          FaultCode.FLUSH_REFUSED);

  /** Told by one link, and when that was heard, by the console's clock. */
  record Told(Instant at, LinkStatus link) {}

  /** A task that stands still, and what its next start would be. */
  record Standing(TaskState state, SyncMode syncMode, boolean afresh, FaultCode faultCode) {
    private boolean goesOn() {
      return syncMode == SyncMode.SYNC && !afresh && !AFRESH_ANYWAY.contains(faultCode);
    }
  }

  /** Empty where it asks for nothing, or is not known. */
  static Optional<SurvivalClock> of(Standing task, List<Told> told, Instant now) {
    List<Told> known = told.stream().filter(each -> each.link().survivalMillis() >= 0).toList();
    // A link that stands at no place of the stream begins with a full sync anyway.
    if (!task.goesOn() || known.isEmpty() || known.size() < told.size()) {
      return Optional.empty();
    }
    return switch (task.state()) {
      case STOPPED, FAILED -> Optional.of(standing(known, now));
      case PAUSED -> paused(known);
      default -> Optional.empty();
    };
  }

  private static SurvivalClock standing(List<Told> known, Instant now) {
    Instant until =
        known.stream()
            .map(each -> each.at().plusMillis(each.link().survivalMillis()))
            .min(Instant::compareTo)
            .orElseThrow();
    return new SurvivalClock(until.isAfter(now) ? Kind.START_BEFORE : Kind.PASSED, until);
  }

  private static Optional<SurvivalClock> paused(List<Told> known) {
    long least = known.stream().mapToLong(each -> each.link().survivalMillis()).min().orElse(-1);
    if (least >= SHORT.toMillis()) {
      return Optional.empty();
    }
    return Optional.of(new SurvivalClock(least == 0 ? Kind.PAUSED_NONE : Kind.PAUSED_SHORT, null));
  }

  /** Whether it is one of a task that waits for its start, and the time for it runs out within. */
  public boolean runsOutWithin(Duration time, Instant now) {
    return kind == Kind.START_BEFORE && until.isBefore(now.plus(time));
  }

  /** Whether its figures stay as they are until somebody acts. */
  public boolean standing() {
    return until != null;
  }

  /** What a page that shows it knows it by. */
  public String shown() {
    return until == null ? kind.name() : kind + " " + until.getEpochSecond();
  }
}
