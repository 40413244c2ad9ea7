package io.cachesync.agent.source;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;

/**
 * The source is a replica that was promoted, and never had the last bytes of what its former master
 * has sent us: they are not part of its history.
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
            "%s was promoted without the last %d bytes that its master had sent, behind offset %d"
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
