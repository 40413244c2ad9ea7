package io.cachesync.web.sync;

import io.cachesync.contract.LogLevel;
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
  private final Clock clock;

  TaskLog(LogMapper log, Clock clock) {
    this.log = log;
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

  private void write(long taskId, LogLevel level, String line) {
    log.insert(List.of(new LogRow(0, taskId, clock.instant(), CONSOLE, level, NO_LINK, line)));
  }
}
