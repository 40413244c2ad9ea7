package io.cachesync.proof;

import io.cachesync.agent.checkpoint.Exactness;

/** All rules, and an engine that takes slots for moved sooner: a seed is to take seconds. */
class Brisk extends Exactness {
  static final Exactness ALL = new Brisk();

  @Override
  public long movedAfterMillis() {
    return 500;
  }
}
