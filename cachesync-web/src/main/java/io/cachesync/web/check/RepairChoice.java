package io.cachesync.web.check;

import io.cachesync.contract.DifferenceKind;
import java.util.List;

/**
 * Which differing keys of a check are repaired: those that are named, or where none is those that
 * the filter shows.
 *
 * @param key ids of keys
 */
record RepairChoice(
    List<String> key, String text, DifferenceKind kind, String type, Integer database) {
  RepairChoice {
    key = key == null ? List.of() : List.copyOf(key);
  }

  DifferenceFilter filter() {
    return new DifferenceFilter(text, kind, type, database);
  }

  /** Whether it is all that differs. */
  public boolean all() {
    return key.isEmpty() && !filter().narrows();
  }
}
