package io.cachesync.web.check;

import io.cachesync.contract.DifferenceKind;
import io.cachesync.web.task.TaskFilter;

/**
 * Which differing keys a list shows; what is null or empty does not narrow it.
 *
 * @param text part of the key
 * @param type as TYPE tells it
 */
record DifferenceFilter(String text, DifferenceKind kind, String type, Integer database) {

  /** Whether anything narrows the list. */
  public boolean narrows() {
    return (text != null && !text.isBlank())
        || kind != null
        || (type != null && !type.isBlank())
        || database != null;
  }

  DifferenceMapper.Where where() {
    return new DifferenceMapper.Where(
        TaskFilter.like(text), kind, type == null || type.isBlank() ? null : type, database);
  }
}
