package io.cachesync.agent.sync;

import io.cachesync.contract.Fault;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;

/** Hears what a link does. Called on the link's threads: must return at once. */
public interface LinkListener {
  void log(LogLevel level, String text);

  /**
   * @param fault why the phase is RETRYING or FAILED, otherwise null
   */
  void phaseChanged(Phase phase, Fault fault);
}
