package io.cachesync.web.sync;

import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import org.springframework.stereotype.Component;

/** Keeps charts and logs bounded. */
@Component
class Retention {
  static final int LOG_LINES = 20_000;

  private final TaskService tasks;
  private final SampleMapper samples;
  private final LogMapper log;
  private final Clock clock;

  Retention(TaskService tasks, SampleMapper samples, LogMapper log, Clock clock) {
    this.tasks = tasks;
    this.samples = samples;
    this.log = log;
    this.clock = clock;
  }

  /** Trims what the tasks wrote that run or ran. */
  void trim() {
    EnumSet<TaskState> written = EnumSet.allOf(TaskState.class);
    written.removeIf(state -> !state.active() && !state.ended());
    for (Task task : tasks.inStates(written)) {
      trim(task.id());
    }
  }

  private void trim(long taskId) {
    Instant now = clock.instant();
    for (SampleResolution resolution : SampleResolution.values()) {
      long oldest = now.minus(resolution.kept()).getEpochSecond() / resolution.seconds();
      samples.trim(taskId, resolution.seconds(), oldest);
    }
    log.firstBeyond(taskId, LOG_LINES).ifPresent(id -> log.trim(taskId, id));
  }
}
