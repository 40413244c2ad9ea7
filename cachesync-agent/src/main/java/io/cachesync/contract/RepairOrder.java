package io.cachesync.contract;

import java.util.List;

/**
 * What a running task is asked to repair: {@code order.json} of a folder in its work directory.
 *
 * @param source addresses of the source that the keys are of
 * @param undoFile where the values that the target had go, an absolute path
 * @param deletesExtra whether keys that only the target has are removed
 */
public record RepairOrder(List<String> source, String undoFile, boolean deletesExtra) {
  public RepairOrder {
    source = source == null ? List.of() : List.copyOf(source);
  }
}
