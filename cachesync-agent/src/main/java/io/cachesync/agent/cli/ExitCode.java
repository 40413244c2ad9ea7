package io.cachesync.agent.cli;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;

/** What a verb's end tells a script. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int BAD_ARGUMENTS = 2;

  /** A check found something, or a start was refused. */
  static final int FOUND = 3;

  /** A server could not be reached, or did not let this in. */
  static final int UNREACHABLE = 4;

  /** Stopped by a signal, checkpoint kept. */
  static final int STOPPED = 130;

  /** Ended because nobody reads standard output any more: what a shell tells of SIGPIPE. */
  static final int NOBODY_READS = 141;

  private ExitCode() {}

  /** What a job's last report means for its process. */
  static int of(JobReport last) {
    return switch (last.phase()) {
      case DONE -> last.check() == null || last.check().differentKeys() == 0 ? DONE : FOUND;
      case STOPPED -> STOPPED;
      default -> last.fault() == null ? FAILED : ofFault(last);
    };
  }

  private static int ofFault(JobReport last) {
    boolean copies = last.check() == null && last.repair() == null;
    return copies && isRefusal(last.fault().code()) ? FOUND : FaultText.exitCode(last.fault());
  }

  /** What a person answers with another option is found, as by a precheck, and no failure. */
  private static boolean isRefusal(FaultCode code) {
    return switch (code) {
      case TARGET_NOT_EMPTY,
          TARGET_TASK_CONFLICT,
          TASK_CHANGED,
          SOURCE_IS_TARGET,
          SOURCE_TWICE,
          NOT_STANDALONE,
          NOT_A_CLUSTER ->
          true;
      default -> false;
    };
  }
}
