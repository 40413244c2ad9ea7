package io.cachesync.web.check;

import io.cachesync.contract.DifferenceKind;
import java.util.List;

/**
 * A repair as {@code POST /api/v1/checks/{id}/repair} takes it: of the keys that are named, of
 * those that the filter shows, or of all.
 *
 * @param keys ids of keys, as the list of differing keys tells them
 * @param all that nothing narrows it is meant so
 * @param deletesExtra whether keys that only the target has are removed
 */
record RepairRequest(
    List<String> keys,
    String text,
    DifferenceKind kind,
    String type,
    Integer database,
    boolean all,
    boolean deletesExtra) {
  RepairChoice choice() {
    return new RepairChoice(keys, text, kind, type, database);
  }
}
