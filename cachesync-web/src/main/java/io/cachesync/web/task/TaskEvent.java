package io.cachesync.web.task;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One thing that happened to a task.
 *
 * @param who user name, {@value #CONSOLE}, or the machine of the part of a spread task
 * @param why one sentence or a {@link TaskWhy}, may be empty; never a secret
 */
public record TaskEvent(
    long id,
    long taskId,
    Instant happenedAt,
    TaskTrigger what,
    TaskState fromState,
    TaskState toState,
    String who,
    String why) {

  /** Stands for the console itself in {@link #who()}. */
  public static final String CONSOLE = "console";

  private static final int WHY_MAX = 1000;

  public TaskEvent {
    why = why == null ? "" : shortened(why);
  }

  /** As much of a reason as an event has room for. */
  static String shortened(String why) {
    return why.length() > WHY_MAX ? why.substring(0, WHY_MAX) : why;
  }

  /**
   * As the whole tells what has happened to a part of it.
   *
   * @param machine that the part is on now
   * @param newestFirst all of the part
   */
  static List<TaskEvent> ofPart(long wholeId, String machine, List<TaskEvent> newestFirst) {
    List<TaskEvent> told = new ArrayList<>();
    // From the newest back: what happened before it moved did so on the machine it moved from.
    String then = machine;
    for (TaskEvent event : newestFirst) {
      if (event.what() == TaskTrigger.MOVED) {
        then = TaskWhy.movedFrom(event.why()).orElse(then);
      }
      told.add(event.ofPart(wholeId, then));
    }
    return told;
  }

  private TaskEvent ofPart(long wholeId, String machine) {
    String by = who.equals(CONSOLE) ? machine : who + ", " + machine;
    return new TaskEvent(id, wholeId, happenedAt, what, fromState, toState, by, why);
  }

  TaskEvent because(String said) {
    return new TaskEvent(id, taskId, happenedAt, what, fromState, toState, who, said);
  }
}
