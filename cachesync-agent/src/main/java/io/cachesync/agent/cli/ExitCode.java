package io.cachesync.agent.cli;

import io.cachesync.contract.JobReport;

/** What a verb's end tells a script. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int BAD_ARGUMENTS = 2;

  /** A check or a precheck found something. */
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
      default -> last.fault() == null ? FAILED : FaultText.exitCode(last.fault());
    };
  }
}
