package io.cachesync.contract;

import java.io.IOException;

/**
 * A failure that already has its {@link Fault}: what every plane throws and only its owner logs.
 */
public class FaultException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Fault fault;

  public FaultException(Fault fault) {
    super(fault.code() + ": " + fault.message());
    this.fault = fault;
  }

  public FaultException(Fault fault, Throwable cause) {
    super(fault.code() + ": " + fault.message(), cause);
    this.fault = fault;
  }

  public Fault fault() {
    return fault;
  }
}
