package io.cachesync.web.sync;

import io.cachesync.contract.LogLevel;
import io.cachesync.web.task.TaskPart;
import io.cachesync.web.task.TaskParts;
import java.time.Clock;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Says in a task's log what the console did for it. */
@Component
class TaskLog {
  private static final int NO_LINK = -1;
  private static final long CONSOLE = 0;

  private final LogMapper log;
  private final TaskParts parts;
  private final Clock clock;

  TaskLog(LogMapper log, TaskParts parts, Clock clock) {
    this.log = log;
    this.parts = parts;
    this.clock = clock;
  }

  @Transactional
  void info(long taskId, String line) {
    write(taskId, LogLevel.INFO, line);
  }

  @Transactional
  void warn(long taskId, String line) {
    write(taskId, LogLevel.WARN, line);
  }

  /** Of a part on the page of its whole; nowhere where the task has gone while it was looked at. */
  private void write(long taskId, LogLevel level, String line) {
    long page = parts.find(taskId).map(TaskPart::wholeId).orElse(taskId);
    if (parts.lock(page).isPresent()) {
      log.insert(List.of(new LogRow(0, page, clock.instant(), CONSOLE, level, NO_LINK, line)));
    }
  }
}
