package io.cachesync.web.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Which shards of a source cluster each of several machines gets. */
public final class ShardShares {
  private ShardShares() {}

  /**
   * Whole shards, so that each machine has about as many slots; no machine goes without one.
   *
   * @param shards the slots of each, such as {@code 0-5460,10923}
   * @param machines how many there are
   * @return the slots of each machine, at most as many as there are shards
   */
  public static List<String> of(List<String> shards, int machines) {
    List<List<String>> shares = new ArrayList<>();
    for (int i = 0; i < Math.min(machines, shards.size()); i++) {
      shares.add(new ArrayList<>());
    }
    // The largest first: what comes last evens out the least.
    shards.stream()
        .sorted(Comparator.<String>comparingInt(ShardShares::slots).reversed())
        .forEach(
            shard ->
                shares.stream()
                    .min(Comparator.comparingInt(ShardShares::slotsOf))
                    .orElseThrow()
                    .add(shard));
    return shares.stream().map(share -> String.join(",", share)).toList();
  }

  private static int slotsOf(List<String> shards) {
    return shards.stream().mapToInt(ShardShares::slots).sum();
  }

  private static int slots(String shard) {
    return Arrays.stream(shard.split(",")).mapToInt(ShardShares::width).sum();
  }

  private static int width(String range) {
    int dash = range.indexOf('-');
    return dash < 0
        ? 1
        : Integer.parseInt(range.substring(dash + 1))
            - Integer.parseInt(range.substring(0, dash))
            + 1;
  }
}
