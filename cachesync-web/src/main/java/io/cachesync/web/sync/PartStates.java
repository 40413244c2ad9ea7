package io.cachesync.web.sync;

import io.cachesync.contract.Desired;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskTrigger;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the states of a spread task's parts say of the whole, and the whole's of each part. */
final class PartStates {
  private PartStates() {}

  /** What is to be observed at the whole; nothing while its parts are on their way, or gone. */
  static Optional<TaskTrigger> of(List<TaskState> parts) {
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    Set<TaskState> states = EnumSet.copyOf(parts);
    if (states.contains(TaskState.FAILED)) {
      return Optional.of(TaskTrigger.REPORT_FAILED);
    }
    if (states.contains(TaskState.RECOVERING)) {
      return Optional.of(TaskTrigger.REPORT_RETRYING);
    }
    if (states.stream().allMatch(TaskState::ended)) {
      return Optional.of(
          states.contains(TaskState.STOPPED)
              ? TaskTrigger.REPORT_STOPPED
              : TaskTrigger.REPORT_FINISHING);
    }
    if (states.contains(TaskState.QUEUED) || states.contains(TaskState.STARTING)) {
      return Optional.empty();
    }
    if (states.contains(TaskState.FULL_SYNC)) {
      return Optional.of(TaskTrigger.REPORT_FULL_SYNC);
    }
    // What is through waits for the others.
    states.remove(TaskState.DONE);
    if (states.equals(EnumSet.of(TaskState.FINISHING))) {
      return Optional.of(TaskTrigger.REPORT_FINISHING);
    }
    if (states.equals(EnumSet.of(TaskState.PAUSED))) {
      return Optional.of(TaskTrigger.REPORT_PAUSED);
    }
    return states.equals(EnumSet.of(TaskState.INCREMENTAL))
        ? Optional.of(TaskTrigger.REPORT_INCREMENTAL)
        : Optional.empty();
  }

  /** What a part is to be asked for; nothing where it is as it should be or on its way there. */
  static Optional<TaskTrigger> wanted(Task whole, Task part) {
    return asked(whole, part.state()).filter(part.run()::allows);
  }

  /** What ends a part; nothing where it has ended or is about to. */
  static Optional<TaskTrigger> stopped(TaskState part) {
    boolean runs = part.active() && part != TaskState.STOPPING || part == TaskState.QUEUED;
    return runs ? Optional.of(TaskTrigger.STOP) : Optional.empty();
  }

  private static Optional<TaskTrigger> asked(Task whole, TaskState part) {
    // Our keys are taken away only once nobody needs them.
    boolean ends = whole.state() == TaskState.STOPPING || whole.desired() == Desired.REMOVE;
    if (ends || !whole.state().active()) {
      return stopped(part);
    }
    if (part == TaskState.STOPPED) {
      // By a console that had slept over it all, say: nobody else would start it again.
      return Optional.of(TaskTrigger.START);
    }
    if (whole.desired() == Desired.PAUSE) {
      return Optional.of(TaskTrigger.PAUSE);
    }
    if (whole.desired() == Desired.FINISH) {
      boolean ended = part.ended() || part == TaskState.FINISHING;
      return ended ? Optional.empty() : Optional.of(TaskTrigger.FINISH);
    }
    return part == TaskState.PAUSED ? Optional.of(TaskTrigger.RESUME) : Optional.empty();
  }
}
