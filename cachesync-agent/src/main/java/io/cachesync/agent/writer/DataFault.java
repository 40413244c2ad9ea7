package io.cachesync.agent.writer;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultException;

/**
 * A command was refused inside a transaction that was applied with its checkpoint: what it should
 * have done is missing at the target from here on.
 */
public final class DataFault extends FaultException {
  private static final long serialVersionUID = 1L;

  DataFault(Fault fault) {
    super(fault);
  }
}
