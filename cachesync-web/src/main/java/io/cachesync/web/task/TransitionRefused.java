package io.cachesync.web.task;

/** A person asked for what the task's state does not allow. */
public class TransitionRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final TaskState state;
  private final TaskTrigger trigger;

  TransitionRefused(TaskState state, TaskTrigger trigger) {
    super(trigger + " is not possible in state " + state);
    this.state = state;
    this.trigger = trigger;
  }

  public TaskState state() {
    return state;
  }

  public TaskTrigger trigger() {
    return trigger;
  }
}
