package io.cachesync.contract;

import java.util.List;

/**
 * What a running task is asked to repair: {@code order.json} of a folder in its work directory.
 *
 * @param source addresses of the source that the keys are of; empty where {@code parts} say it
 * @param undoFile where the values that the target had go, an absolute path
 * @param deletesExtra whether keys that only the target has are removed
 * @param parts of a task with several sources: which of the keys are of which, in their order
 */
public record RepairOrder(
    List<String> source, String undoFile, boolean deletesExtra, List<Part> parts) {
  public RepairOrder {
    source = source == null ? List.of() : List.copyOf(source);
    parts = parts == null ? List.of() : List.copyOf(parts);
  }

  /** Of one source. */
  public RepairOrder(List<String> source, String undoFile, boolean deletesExtra) {
    this(source, undoFile, deletesExtra, List.of());
  }

  /**
   * The next ones of the keys.
   *
   * @param source addresses of the source that they are of
   * @param keys how many
   */
  public record Part(List<String> source, int keys) {
    public Part {
      source = source == null ? List.of() : List.copyOf(source);
    }
  }
}
