package io.cachesync.web.sync;

import io.cachesync.contract.LogLevel;
import java.time.Instant;

/**
 * One line of a task's log.
 *
 * @param incarnation the start of the agent that said it, 0 = the console
 * @param link number of the link it is about, or -1
 */
record LogRow(
    long id,
    long taskId,
    Instant loggedAt,
    long incarnation,
    LogLevel level,
    int link,
    String line) {
  private static final int LINE_MAX = 4000;

  LogRow {
    line = line == null ? "" : line.length() > LINE_MAX ? line.substring(0, LINE_MAX) : line;
  }
}
