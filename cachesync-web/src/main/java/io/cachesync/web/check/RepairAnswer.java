package io.cachesync.web.check;

import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairedKey;
import java.util.List;

/**
 * A repair as REST tells it.
 *
 * @param check the check that repairs first and then compares
 * @param ofCheck the check that has found the keys, or null where it was deleted
 * @param unnamedKeys how many more were chosen, of whose names only the beginning is known
 * @param withinTask the task that does it in its lanes, or empty
 * @param undoFile where on the machine the values are that the target had; null for those who may
 *     not read it
 * @param report as its agent told it last, or null before the first
 * @param left keys that were not repaired, the first ones
 */
record RepairAnswer(
    long check,
    Long ofCheck,
    long chosenKeys,
    long unnamedKeys,
    boolean deletesExtra,
    String withinTask,
    String machine,
    String undoFile,
    RepairReport report,
    List<RepairedKey> left) {}
