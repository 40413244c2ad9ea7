package io.cachesync.agent.sync;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Which links of a job may be in their full sync: each makes a server of the source fork and send
 * all that it has. Who has asked first goes first. Thread-safe.
 */
final class FullSyncTurns {
  private final int most;

  // Guarded by this.
  private final Set<Integer> waiting = new LinkedHashSet<>();
  private final Set<Integer> going = new HashSet<>();

  /**
   * @param most how many at once, from 1 on
   */
  FullSyncTurns(int most) {
    this.most = most;
  }

  int most() {
    return most;
  }

  /**
   * Asks for a turn; one that has to wait asks again until it has it.
   *
   * @param link its number in the job
   */
  synchronized boolean take(int link) {
    waiting.add(link);
    int free = most - going.size();
    boolean mine = waiting.stream().limit(Math.max(0, free)).anyMatch(each -> each == link);
    if (mine) {
      waiting.remove(link);
      going.add(link);
    }
    return mine;
  }

  /** A link is through with its full sync, or waits for no turn any more. */
  synchronized void leave(int link) {
    waiting.remove(link);
    going.remove(link);
  }
}
