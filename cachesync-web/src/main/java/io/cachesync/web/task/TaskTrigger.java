package io.cachesync.web.task;

/** What can befall a task. Each applied one is a row in task_event. */
public enum TaskTrigger {
  // by a person
  PRECHECK(Origin.PERSON),
  EDIT(Origin.PERSON),
  SCHEDULE(Origin.PERSON),
  START(Origin.PERSON),
  PAUSE(Origin.PERSON),
  RESUME(Origin.PERSON),
  STOP(Origin.PERSON),
  FINISH(Origin.PERSON),
  // by the precheck
  PRECHECK_PASSED(Origin.CONSOLE),
  PRECHECK_BLOCKED(Origin.CONSOLE),
  // by the clock
  DUE(Origin.CONSOLE),
  OVERDUE(Origin.CONSOLE),
  // by placing and watching the agent
  PLACED(Origin.CONSOLE),
  /** Taken over by another machine, because its own does not answer or is gone. */
  MOVED(Origin.CONSOLE),
  /** A machine could not take it or a part of it, because it does not reach what the task needs. */
  PASSED_OVER(Origin.CONSOLE),
  /** A probe saw that the agent's process is no more. */
  AGENT_DEAD(Origin.CONSOLE),
  /** Neither reports nor the host answer. */
  HOST_LOST(Origin.CONSOLE),
  /** The restart policy allows no more, or trying again cannot help. */
  GIVE_UP(Origin.CONSOLE),
  // by what the agent reports of its least advanced link
  REPORT_FULL_SYNC(Origin.CONSOLE),
  REPORT_INCREMENTAL(Origin.CONSOLE),
  REPORT_PAUSED(Origin.CONSOLE),
  REPORT_RETRYING(Origin.CONSOLE),
  REPORT_FINISHING(Origin.CONSOLE),
  REPORT_DONE(Origin.CONSOLE),
  REPORT_STOPPED(Origin.CONSOLE),
  REPORT_FAILED(Origin.CONSOLE);

  private final Origin origin;

  TaskTrigger(Origin origin) {
    this.origin = origin;
  }

  /** A person's trigger that the state does not allow is refused; an observation is ignored. */
  boolean byPerson() {
    return origin == Origin.PERSON;
  }

  private enum Origin {
    PERSON,
    CONSOLE
  }
}
