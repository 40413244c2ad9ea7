package io.cachesync.agent.redis;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultException;

/** A server could not be reached, was lost, or answered an error. */
public final class RedisException extends FaultException {
  private static final long serialVersionUID = 1L;

  public RedisException(Fault fault) {
    super(fault);
  }

  public RedisException(Fault fault, Throwable cause) {
    super(fault, cause);
  }
}
