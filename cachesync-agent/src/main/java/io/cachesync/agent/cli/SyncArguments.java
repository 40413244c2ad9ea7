package io.cachesync.agent.cli;

import io.cachesync.contract.JobSecrets;
import io.cachesync.contract.SyncSpec;

/** What was typed for a sync, checked. */
record SyncArguments(SyncSpec spec, JobSecrets secrets) {
  /** Name of the work directory that is one job's only, also beside others of its task. */
  String folder() {
    String slots = spec.slots();
    return slots.isEmpty()
        ? spec.task()
        : spec.task() + "-slots-" + slots.replaceFirst("[-,].*", "");
  }

  @Override
  public String toString() {
    return "SyncArguments[" + spec.task() + ", passwords masked]";
  }
}
