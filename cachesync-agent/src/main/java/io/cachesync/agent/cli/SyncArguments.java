package io.cachesync.agent.cli;

import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.SyncSpec;

/** What was typed for a sync, checked. */
record SyncArguments(SyncSpec spec, JobSecrets secrets) {
  @Override
  public String toString() {
    return "SyncArguments[" + spec.task() + ", passwords masked]";
  }
}
