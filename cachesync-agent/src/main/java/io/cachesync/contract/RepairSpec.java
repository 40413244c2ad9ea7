package io.cachesync.contract;

/**
 * What one repair does with keys that a check has found unlike.
 *
 * @param check ends, filter and limits, and how what was repaired is compared afterwards
 * @param deletesExtra whether keys that only the target has are removed
 * @param dryRun whether it is only told what would be done
 * @param within work directory of the running task that does it; empty where none runs
 * @param undoFile where the values that the target had go; empty for the job directory
 * @param checksAfter whether what was repaired is compared
 */
public record RepairSpec(
    CheckSpec check,
    boolean deletesExtra,
    boolean dryRun,
    String within,
    String undoFile,
    Boolean checksAfter) {
  public RepairSpec {
    within = within == null ? "" : within;
    undoFile = undoFile == null ? "" : undoFile;
    checksAfter = checksAfter == null || checksAfter;
  }
}
