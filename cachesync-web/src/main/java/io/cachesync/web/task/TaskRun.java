package io.cachesync.web.task;

import static io.cachesync.web.task.TaskState.*;
import static io.cachesync.web.task.TaskTrigger.*;

import io.cachesync.contract.Desired;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Where a task stands and what is wanted of it: an immutable value with one pure transition. The
 * table below is the whole state machine.
 *
 * <pre>
 * DRAFT ► PRECHECKING ► READY ► SCHEDULED | QUEUED ► STARTING ► FULL_SYNC ► INCREMENTAL ► FINISHING ► DONE
 * PAUSING ► PAUSED ► STARTING · STOPPING ► STOPPED ► QUEUED · RECOVERING ► where it was · FAILED ► QUEUED
 * </pre>
 *
 * @param since when it entered {@code state}
 * @param overdue whether the time limit of {@code state} has passed
 */
public record TaskRun(TaskState state, Desired desired, Instant since, boolean overdue) {

  private static final Map<TaskState, Map<TaskTrigger, TaskState>> TABLE = table();

  public static TaskRun draft(Instant now) {
    return new TaskRun(DRAFT, Desired.RUN, now, false);
  }

  /**
   * The run after an event; the same one where an observation changes nothing.
   *
   * @throws TransitionRefused when a person asks for what the state does not allow
   */
  public TaskRun apply(TaskTrigger trigger, Instant now) {
    TaskState next = TABLE.get(state).get(trigger);
    if (next == null) {
      if (trigger.byPerson()) {
        throw new TransitionRefused(state, trigger);
      }
      return this;
    }
    if (next == state) {
      return trigger == OVERDUE && !overdue ? new TaskRun(state, desired, since, true) : this;
    }
    return new TaskRun(next, desiredAfter(trigger), now, false);
  }

  /** What a person may ask for now. */
  public Set<TaskTrigger> allowed() {
    Set<TaskTrigger> allowed = EnumSet.noneOf(TaskTrigger.class);
    TABLE.get(state).keySet().stream().filter(TaskTrigger::byPerson).forEach(allowed::add);
    return Collections.unmodifiableSet(allowed);
  }

  public boolean allows(TaskTrigger trigger) {
    return TABLE.get(state).containsKey(trigger);
  }

  /** Whether the time limit of the state has passed and this is not yet noted. */
  public boolean dueOverdue(Instant now) {
    Duration limit = state.limit().orElse(null);
    return limit != null && !overdue && since.plus(limit).isBefore(now);
  }

  static Map<TaskTrigger, TaskState> from(TaskState state) {
    return Collections.unmodifiableMap(TABLE.get(state));
  }

  private Desired desiredAfter(TaskTrigger trigger) {
    return switch (trigger) {
      case SCHEDULE, START, RESUME -> Desired.RUN;
      case PAUSE -> Desired.PAUSE;
      case STOP -> Desired.STOP;
      // Without an agent there is nobody who could apply what is missing: the target stays as it
      // is.
      case FINISH -> state == STOPPED || state == FAILED ? Desired.REMOVE : Desired.FINISH;
      default -> desired;
    };
  }

  private static Map<TaskState, Map<TaskTrigger, TaskState>> table() {
    Map<TaskState, Map<TaskTrigger, TaskState>> table = new EnumMap<>(TaskState.class);
    Arrays.stream(TaskState.values())
        .forEach(state -> table.put(state, new EnumMap<>(TaskTrigger.class)));
    beforeTheStart(table);
    onTheWay(table);
    onHold(table);
    inTrouble(table);
    return table;
  }

  private static void beforeTheStart(Map<TaskState, Map<TaskTrigger, TaskState>> table) {
    row(table, DRAFT, PRECHECK, PRECHECKING);
    row(table, DRAFT, EDIT, DRAFT);
    row(table, PRECHECKING, PRECHECK_PASSED, READY);
    row(table, PRECHECKING, PRECHECK_BLOCKED, DRAFT);
    row(table, PRECHECKING, STOP, DRAFT);
    row(table, PRECHECKING, OVERDUE, DRAFT);
    row(table, READY, EDIT, DRAFT);
    row(table, READY, PRECHECK, PRECHECKING);
    row(table, READY, SCHEDULE, SCHEDULED);
    row(table, READY, START, QUEUED);
    row(table, SCHEDULED, DUE, QUEUED);
    row(table, SCHEDULED, START, QUEUED);
    row(table, SCHEDULED, STOP, READY);
    row(table, QUEUED, PLACED, STARTING);
    row(table, QUEUED, MOVED, QUEUED);
    row(table, QUEUED, STOP, STOPPED);
    row(table, QUEUED, OVERDUE, QUEUED);
    row(table, QUEUED, GIVE_UP, FAILED);
  }

  private static void onTheWay(Map<TaskState, Map<TaskTrigger, TaskState>> table) {
    // A paused report in STARTING is an old one: the directive to go on has not arrived yet.
    row(table, STARTING, REPORT_FULL_SYNC, FULL_SYNC);
    row(table, STARTING, REPORT_INCREMENTAL, INCREMENTAL);
    row(table, STARTING, REPORT_FINISHING, FINISHING);
    row(table, STARTING, GIVE_UP, FAILED);
    row(table, STARTING, OVERDUE, RECOVERING);
    row(table, FULL_SYNC, REPORT_INCREMENTAL, INCREMENTAL);
    row(table, FULL_SYNC, REPORT_FINISHING, FINISHING);
    row(table, FULL_SYNC, REPORT_PAUSED, PAUSED);
    row(table, FULL_SYNC, PAUSE, PAUSING);
    row(table, INCREMENTAL, REPORT_FULL_SYNC, FULL_SYNC);
    row(table, INCREMENTAL, REPORT_FINISHING, FINISHING);
    row(table, INCREMENTAL, REPORT_PAUSED, PAUSED);
    row(table, INCREMENTAL, PAUSE, PAUSING);
    row(table, INCREMENTAL, FINISH, FINISHING);
    row(table, FINISHING, OVERDUE, FINISHING);
  }

  private static void onHold(Map<TaskState, Map<TaskTrigger, TaskState>> table) {
    row(table, PAUSING, REPORT_PAUSED, PAUSED);
    row(table, PAUSING, REPORT_FINISHING, FINISHING);
    row(table, PAUSING, OVERDUE, PAUSING);
    row(table, PAUSED, RESUME, STARTING);
    row(table, PAUSED, FINISH, FINISHING);
    row(table, STOPPING, REPORT_STOPPED, STOPPED);
    row(table, STOPPING, AGENT_DEAD, STOPPED);
    row(table, STOPPING, OVERDUE, STOPPING);
    row(table, STOPPING, MOVED, STOPPING);
    row(table, STOPPING, GIVE_UP, FAILED);
    row(table, STOPPED, START, QUEUED);
    row(table, STOPPED, FINISH, FINISHING);
    row(table, FAILED, START, QUEUED);
    row(table, FAILED, FINISH, FINISHING);
  }

  private static void inTrouble(Map<TaskState, Map<TaskTrigger, TaskState>> table) {
    row(table, RECOVERING, REPORT_FULL_SYNC, FULL_SYNC);
    row(table, RECOVERING, REPORT_INCREMENTAL, INCREMENTAL);
    row(table, RECOVERING, REPORT_PAUSED, PAUSED);
    row(table, RECOVERING, REPORT_FINISHING, FINISHING);
    row(table, RECOVERING, MOVED, RECOVERING);
    row(table, RECOVERING, GIVE_UP, FAILED);
    row(table, RECOVERING, OVERDUE, RECOVERING);
    for (TaskState state :
        EnumSet.of(STARTING, FULL_SYNC, INCREMENTAL, PAUSING, PAUSED, FINISHING)) {
      row(table, state, REPORT_RETRYING, RECOVERING);
      // Stopped by a signal that the console did not send.
      row(table, state, REPORT_STOPPED, RECOVERING);
      row(table, state, AGENT_DEAD, RECOVERING);
      row(table, state, HOST_LOST, RECOVERING);
      row(table, state, STOP, STOPPING);
    }
    row(table, RECOVERING, STOP, STOPPING);
    for (TaskState state : EnumSet.allOf(TaskState.class)) {
      if (state.active()) {
        row(table, state, REPORT_DONE, DONE);
        row(table, state, REPORT_FAILED, FAILED);
      }
    }
  }

  private static void row(
      Map<TaskState, Map<TaskTrigger, TaskState>> table,
      TaskState from,
      TaskTrigger trigger,
      TaskState to) {
    if (table.get(from).put(trigger, to) != null) {
      throw new IllegalStateException("two rows for " + from + " and " + trigger);
    }
  }
}
