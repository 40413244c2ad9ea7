package io.cachesync.agent.writer;

import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.contract.FaultException;

/** Sends what one command of the source means, in words that the target knows. */
@FunctionalInterface
interface Rewrite {
  /**
   * @return whether anything was sent
   */
  boolean apply(StreamCommand in, Batch out) throws FaultException;
}
