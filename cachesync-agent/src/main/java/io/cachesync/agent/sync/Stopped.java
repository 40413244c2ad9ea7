package io.cachesync.agent.sync;

import io.cachesync.contract.Fault;
import java.io.IOException;
import java.util.Optional;

/** The link is to end with its checkpoint kept: because a person wants it, or by a fault. */
final class Stopped extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Fault fault;

  Stopped() {
    super("stopped on request");
    fault = null;
  }

  Stopped(Fault fault) {
    super(fault.message());
    this.fault = fault;
  }

  Optional<Fault> fault() {
    return Optional.ofNullable(fault);
  }
}
