package io.cachesync.contract;

/**
 * What went wrong, in a form that a person can act on. docs/faults.md has a row for each code.
 *
 * @param message one English sentence with what was found; never a secret
 * @param retryable whether trying again by itself can help
 */
public record Fault(FaultCode code, String message, boolean retryable) {
  public static Fault retryable(FaultCode code, String message) {
    return new Fault(code, message, true);
  }

  public static Fault fatal(FaultCode code, String message) {
    return new Fault(code, message, false);
  }
}
