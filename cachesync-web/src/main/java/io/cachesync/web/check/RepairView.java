package io.cachesync.web.check;

import io.cachesync.contract.RepairedKey;
import java.util.List;

/**
 * A repair as pages show it, in the reader's language.
 *
 * @param sentence where it stands
 * @param courses what became of the keys so far
 * @param left keys that were not repaired, the first ones
 * @param hasUndo whether something was written, or may have been
 */
record RepairView(
    Repair row, String sentence, List<CourseView> courses, List<LeftView> left, boolean hasUndo) {
  /** How many keys had this. */
  record CourseView(String name, String label, String count) {}

  /**
   * A key that was not repaired, and what became of it.
   *
   * @param name as it is shown
   * @param why it was not repaired, in the reader's language; empty where there is nothing to say
   * @param original the words of an agent whose reason is not known here, otherwise empty
   */
  record LeftView(RepairedKey key, String name, String label, String why, String original) {}
}
