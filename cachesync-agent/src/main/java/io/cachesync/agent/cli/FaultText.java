package io.cachesync.agent.cli;

import io.cachesync.contract.Fault;
import java.io.PrintWriter;
import picocli.CommandLine;

/** How a fault is told on a terminal. */
final class FaultText {
  private FaultText() {}

  /** What was found, by its code, and in a second line what to do. */
  static void tell(CommandLine verb, Fault fault) {
    PrintWriter err = verb.getErr();
    String message = Shown.line(fault.message());
    // What was typed is at fault, and that has no code.
    boolean isArgument = exitCode(fault) == ExitCode.BAD_ARGUMENTS;
    err.println(isArgument ? sentence(message) : fault.code() + ": " + message);
    String advice = Advice.of(fault.code(), verb.getCommandSpec());
    if (!advice.isEmpty()) {
      err.println(advice);
    }
    err.flush();
  }

  /** Messages begin with a word: a path in front would be another one with a capital letter. */
  private static String sentence(String text) {
    return Character.toUpperCase(text.charAt(0))
        + text.substring(1)
        + (text.endsWith(".") ? "" : ".");
  }

  /** What it tells of a verb that is no start of a task. */
  static int exitCode(Fault fault) {
    return switch (fault.code()) {
      case JOB_DIRECTORY_INVALID, FILTER_INVALID -> ExitCode.BAD_ARGUMENTS;
      case ADDRESS_UNKNOWN,
          CONNECTION_REFUSED,
          CONNECTION_TIMEOUT,
          CONNECTION_LOST,
          TLS_FAILED,
          PROTOCOL_ERROR,
          AUTH_REQUIRED,
          AUTH_FAILED ->
          ExitCode.UNREACHABLE;
      default -> ExitCode.FAILED;
    };
  }
}
