package io.cachesync.agent.cli;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;

/** How a fault is told on a terminal. */
final class FaultText {
  private FaultText() {}

  static String of(Fault fault) {
    return fault.code() + ": " + fault.message();
  }

  /** Refusals that a person answers with another option are findings, not failures. */
  static int exitCode(Fault fault) {
    return fault.code() == FaultCode.TARGET_NOT_EMPTY ? ExitCode.FOUND : ExitCode.FAILED;
  }
}
