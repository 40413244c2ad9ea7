package io.cachesync.web.check;

/**
 * Where a repair is done.
 *
 * @param machineId the machine of the running task, or of the check
 * @param directory job directory of the running task; empty where none runs
 * @param task its name, or empty
 */
record RepairPlace(long machineId, String machineName, String directory, String task) {
  /** Whether the running task does it in its lanes. */
  public boolean withinTask() {
    return !directory.isEmpty();
  }
}
