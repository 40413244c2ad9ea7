package io.cachesync.web.check;

import java.util.EnumSet;
import java.util.Set;

/** Where a check stands. */
public enum CheckState {
  /** Waits for its machine. */
  QUEUED,
  RUNNING,
  /** Its agent was lost and is started again; until the next one reports. */
  RECOVERING,
  STOPPING,
  /** Its agent has ended, what it found is read from its machine. */
  COLLECTING,
  DONE,
  STOPPED,
  FAILED;

  /** Those that the console looks after. */
  static final Set<CheckState> OPEN = EnumSet.of(QUEUED, RUNNING, RECOVERING, STOPPING, COLLECTING);

  public boolean ended() {
    return !OPEN.contains(this);
  }

  /** Whether a person may stop it. */
  public boolean stoppable() {
    return this == QUEUED || this == RUNNING || this == RECOVERING;
  }
}
