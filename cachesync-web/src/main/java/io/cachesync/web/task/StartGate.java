package io.cachesync.web.task;

/** Has a say when a person starts a task that is ready; implemented by a stage. */
public interface StartGate {

  /** Whether it is asked at every start by a person, and not at a task's first one only. */
  default boolean everyStart() {
    return false;
  }

  /**
   * Looks whether anything keeps the task from its start.
   *
   * @throws io.cachesync.web.system.Refusal where something does
   */
  void check(long taskId);

  /** What is asked of a task that is not started yet was saved once more. */
  default void changed(long taskId) {}
}
