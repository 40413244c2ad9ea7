package io.cachesync.web.check;

/**
 * What a check repairs before it compares.
 *
 * @param checkId the check that follows
 * @param ofCheckId the check that has found the keys, or null where it was deleted
 * @param choiceJson which of them, a {@link RepairChoice}
 * @param chosenKeys how many of these are repaired
 * @param unnamedKeys how many more were chosen, of whose names only the beginning is known
 * @param deletesExtra whether keys that only the target has are removed
 * @param withinDirectory job directory of the task that does it; empty where none runs
 * @param withinTask its name, or empty
 * @param undoFile where on the machine the values go that the target had
 * @param reportJson the contract's RepairReport as last told, or null before the first
 * @param resultsJson keys that could not be repaired or were left; before the end those without a
 *     name, or null
 */
record Repair(
    long checkId,
    Long ofCheckId,
    String choiceJson,
    long chosenKeys,
    long unnamedKeys,
    boolean deletesExtra,
    String withinDirectory,
    String withinTask,
    String undoFile,
    String reportJson,
    String resultsJson) {}
