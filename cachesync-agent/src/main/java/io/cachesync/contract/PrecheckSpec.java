package io.cachesync.contract;

import java.util.List;

/**
 * Asks an agent in the foreground whether a sync may run.
 *
 * @param sync what would run
 * @param secrets the passwords; the spec travels on standard input and is not stored
 * @param consoleMillis the console's clock when it asked, to measure the machine's skew; 0 = not
 *     asked by a console
 * @param otherTasks source and target run ids of the tasks that the console already runs
 */
public record PrecheckSpec(
    SyncSpec sync, JobSecrets secrets, long consoleMillis, List<OtherTask> otherTasks) {
  public PrecheckSpec {
    otherTasks = otherTasks == null ? List.of() : List.copyOf(otherTasks);
  }

  /**
   * A task that already writes to a target.
   *
   * @param targetRunId run_id of its target node, of a cluster that of any of its nodes
   * @param databases databases that it moves; empty = all
   */
  public record OtherTask(String name, String targetRunId, List<Integer> databases) {
    public OtherTask {
      databases = databases == null ? List.of() : List.copyOf(databases);
    }
  }
}
