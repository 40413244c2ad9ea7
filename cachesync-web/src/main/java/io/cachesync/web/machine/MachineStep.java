package io.cachesync.web.machine;

import java.time.Instant;

/**
 * One step of a test or an installation.
 *
 * @param work TEST or INSTALL
 * @param step name of the step, in capitals
 * @param messageKey what was found, or null while it goes on
 */
public record MachineStep(
    long machineId,
    int position,
    String work,
    String step,
    State state,
    String messageKey,
    String arguments,
    Instant at) {

  /** How a step stands. */
  public enum State {
    RUNNING,
    PASS,
    WARN,
    FAIL
  }

  /** For the template. */
  public Object[] values() {
    return Sentence.values(arguments);
  }
}
