package io.cachesync.agent.source;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;

/**
 * The source is a replica that was promoted and never had the last bytes of what its former master
 * has sent us, or was started again from a snapshot without them (7.0 and later keep the history
 * then): they are not part of its history.
 */
public final class LostHistoryException extends FaultException {
  private static final long serialVersionUID = 1L;

  private final String oldReplId;
  private final String newReplId;
  private final long upTo;

  LostHistoryException(String source, String oldReplId, String newReplId, long upTo, long held) {
    super(
        Fault.retryable(
            FaultCode.SOURCE_FAILED_OVER,
            ("%s goes on without the last %d bytes that were sent, behind offset %d: it was promoted"
                    + " without them, or started again from an older snapshot")
                .formatted(source, held - upTo, upTo)));
    this.oldReplId = oldReplId;
    this.newReplId = newReplId;
    this.upTo = upTo;
  }

  /** The id under which the lost part was sent. */
  public String oldReplId() {
    return oldReplId;
  }

  /** The id under which the history goes on. */
  public String newReplId() {
    return newReplId;
  }

  /** Up to here both histories are the same. */
  public long upTo() {
    return upTo;
  }
}
