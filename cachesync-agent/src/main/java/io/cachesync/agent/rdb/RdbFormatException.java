package io.cachesync.agent.rdb;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;

/**
 * A snapshot that is damaged, cut short, newer than what is known, or has a value over the limit.
 */
public final class RdbFormatException extends FaultException {
  private static final long serialVersionUID = 1L;

  private RdbFormatException(Fault fault) {
    super(fault);
  }

  static RdbFormatException corrupt(long position, String what) {
    return new RdbFormatException(
        Fault.retryable(FaultCode.RDB_CORRUPT, "snapshot, at byte " + position + ": " + what));
  }

  static RdbFormatException unsupported(long position, String what) {
    return new RdbFormatException(
        Fault.fatal(FaultCode.RDB_UNSUPPORTED, "snapshot, at byte " + position + ": " + what));
  }

  static RdbFormatException tooLarge(long position, String what) {
    return new RdbFormatException(
        Fault.fatal(FaultCode.VALUE_TOO_LARGE, "snapshot, at byte " + position + ": " + what));
  }
}
