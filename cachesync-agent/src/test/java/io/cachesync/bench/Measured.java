package io.cachesync.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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

  /** The median of the ratios of wall times, of runs that stood beside each other. */
  static String ratio(List<Measured> runs, List<Measured> references) {
    double[] ratios = new double[runs.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = runs.get(i).seconds() / references.get(i).seconds();
    }
    return String.format(Locale.ROOT, "%.2f", median(ratios));
  }

  /** CPU seconds of source, target and copier, each by this. */
  static String cpu(List<Measured> runs, double by) {
    return String.format(
        Locale.ROOT,
        "%.2f, %.2f, %.2f",
        median(runs, run -> run.source().cpuSeconds()) / by,
        median(runs, run -> run.target().cpuSeconds()) / by,
        median(runs, run -> run.copier().cpuSeconds()) / by);
  }

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
