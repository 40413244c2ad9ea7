package io.cachesync.web.task;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What one machine has of a task whose source's shards are spread, for pages and programs.
 *
 * @param slots those of whole shards, such as {@code 0-5460,10923-16383}, the lowest first
 * @param links numbers of its links, in their order; empty before its agent has told
 * @param fault what it waits for or has ended with, or null
 */
public record TaskPartView(
    String machine, String slots, List<Integer> links, TaskState state, TaskView.FaultView fault) {
  public TaskPartView {
    slots =
        Arrays.stream(slots.split(","))
            .sorted(Comparator.comparingInt(range -> Integer.parseInt(range.split("-")[0])))
            .collect(Collectors.joining(","));
  }

  /** The links as people read them. */
  public String linkText() {
    return String.join(", ", links.stream().map(String::valueOf).toList());
  }

  /** The slots range by range, such as {@code 0-5460}, the lowest first. */
  public List<String> slotRanges() {
    return List.of(slots.split(","));
  }
}
