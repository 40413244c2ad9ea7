package io.cachesync.web.task;

/** No task has this id, or it was deleted. */
public class UnknownTask extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnknownTask(long taskId) {
    super("there is no task " + taskId);
  }
}
