package io.cachesync.agent.sync;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;

/** The source was asked in another history than the one that is received. */
final class OtherHistoryException extends FaultException {
  private static final long serialVersionUID = 1L;

  OtherHistoryException(String asked, long offset, String received) {
    super(
        Fault.retryable(
            FaultCode.CONNECTION_LOST,
            "the source is at offset %d of history %s, what is received comes from %s"
                .formatted(offset, asked, received)));
  }
}
