package io.cachesync.agent.sync;

import io.cachesync.contract.Fault;
import io.cachesync.contract.Phase;

/**
 * How a link ended.
 *
 * @param phase DONE, STOPPED or FAILED
 * @param fault why it failed, otherwise null
 */
public record LinkOutcome(Phase phase, Fault fault) {
  public LinkOutcome {
    if (!phase.ended()) {
      throw new IllegalArgumentException("not an end: " + phase);
    }
  }
}
