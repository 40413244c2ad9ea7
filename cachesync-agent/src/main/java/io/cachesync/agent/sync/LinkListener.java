package io.cachesync.agent.sync;

import io.cachesync.agent.entry.KeyTouches;
import io.cachesync.contract.Fault;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.Phase;
import java.util.Set;

/** Hears what a link does. Called on the link's threads: must return at once. */
public interface LinkListener {
  void log(LogLevel level, String text);

  /**
   * @param fault why the phase is RETRYING or FAILED, otherwise null
   */
  void phaseChanged(Phase phase, Fault fault);

  /**
   * Where the link is to tell the keys that its stream touches; asked once, before it starts.
   *
   * @return null for nowhere
   */
  default KeyTouches touches(LinkSpec link) {
    return null;
  }

  /**
   * The links that there are from now on; told to the listener of {@link LinkGroup#WHOLE} each time
   * they begin.
   */
  default void linksAre(Set<Integer> numbers) {}
}
