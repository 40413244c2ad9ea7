package io.cachesync.agent.cli;

import io.cachesync.contract.Fault;

/** How a fault is told on a terminal. */
final class FaultText {
  private FaultText() {}

  static String of(Fault fault) {
    return fault.code() + ": " + fault.message();
  }

  /** Refusals that a person answers with another option are findings, not failures. */
  static int exitCode(Fault fault) {
    return switch (fault.code()) {
      case TARGET_NOT_EMPTY -> ExitCode.FOUND;
      case JOB_DIRECTORY_INVALID -> ExitCode.BAD_ARGUMENTS;
      default -> ExitCode.FAILED;
    };
  }
}
