package io.cachesync.contract;

import java.util.List;

/**
 * What is moved.
 *
 * @param databases database numbers to move, ascending; empty moves all
 * @param publish whether PUBLISH and SPUBLISH are forwarded (by default filtered and counted)
 */
public record FilterSpec(List<Integer> databases, boolean publish) {
  public FilterSpec {
    databases = databases == null ? List.of() : databases.stream().distinct().sorted().toList();
  }

  public static FilterSpec everything() {
    return new FilterSpec(List.of(), false);
  }
}
