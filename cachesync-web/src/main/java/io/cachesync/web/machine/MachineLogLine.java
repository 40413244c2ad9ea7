package io.cachesync.web.machine;

import io.cachesync.contract.LogLevel;
import java.time.Instant;

/** One thing that the console did on a machine. */
public record MachineLogLine(
    Long id, long machineId, Instant at, LogLevel level, String messageKey, String arguments) {

  /** For the template. */
  public Object[] values() {
    return Sentence.values(arguments);
  }
}
