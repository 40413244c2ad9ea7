package io.cachesync.web.task;

/** Has a say when a person starts a task that is ready; implemented by a stage. */
public interface StartGate {

  /**
   * Looks whether anything keeps the task from its start.
   *
   * @throws io.cachesync.web.system.Refusal where something does
   */
  void check(long taskId);
}
