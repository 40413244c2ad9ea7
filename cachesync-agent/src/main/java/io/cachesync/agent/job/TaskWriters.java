package io.cachesync.agent.job;

import io.cachesync.agent.sync.OtherWriters;
import io.cachesync.contract.EndpointSecrets;
import io.cachesync.contract.SyncSpec;
import java.util.Optional;

/** Who writes for a task at its target. */
public final class TaskWriters {
  private TaskWriters() {}

  /**
   * A process with another work directory, here or on another host, as a sentence with its address
   * and the name of its connection. Nobody else can be told from a part of the same job, where that
   * copies some slots of its source only: then it is not asked.
   *
   * @param directory former processes in it have ended, which its lock tells
   */
  public static Optional<String> elsewhere(
      SyncSpec spec, EndpointSecrets target, JobDirectory directory) throws InterruptedException {
    return spec.spreads()
        ? Optional.empty()
        : OtherWriters.find(spec, target, directory.connectionMark());
  }
}
