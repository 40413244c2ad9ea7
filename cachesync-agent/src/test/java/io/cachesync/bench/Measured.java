package io.cachesync.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One run.
 *
 * @param seconds from the start of the copier (of its JVM, where it is one)
 * @param source what the source's process has cost for it
 * @param target the target's, all nodes together
 * @param copier the agent's, nothing for native replication
 */
record Measured(double seconds, Cost source, Cost target, Cost copier) {

  static double median(List<Measured> runs, ToDoubleFunction<Measured> figure) {
    return median(runs.stream().mapToDouble(figure).toArray());
  }

  static double median(double... figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
