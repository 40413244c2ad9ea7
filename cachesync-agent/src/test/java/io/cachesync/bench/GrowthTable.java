package io.cachesync.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How the cost of a full sync of workload A grows: with the shards, from a cluster of so many
 * masters to another one, and with the keys, from one server to another. Native replication beside
 * it copies each master into an empty server, all at once.
 */
final class GrowthTable {
  private static final double MILLION = 1e6;
  private static final double FAR = 100;

  private final Options options;
  private final PrintStream out;

  GrowthTable(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  void print() {
    heading("shards");
    for (int shards : options.shards()) {
      int keys = options.keys(Dataset.A);
      try (Ends ends = new Ends(shards)) {
        ends.fill(Dataset.A, keys);
        measure(ends, shards, Integer.toString(shards), keys);
      }
    }
    heading("million keys");
    List<Map<Copier, List<Measured>>> grown = new ArrayList<>();
    for (int millions : options.millions()) {
      int keys = (int) (millions * MILLION * options.scale());
      try (Ends ends = new Ends()) {
        ends.fill(Dataset.A, keys);
        grown.add(measure(ends, 0, Integer.toString(millions), keys));
      }
    }
    if (grown.size() > 1) {
      extrapolate(grown);
    }
  }

  private void heading(String what) {
    out.println();
    out.printf(
        "| %s | copier | wall s | of native | keys/s"
            + " | CPU s per million keys: source, target, agent"
            + " | peak MB: largest target, agent |%n",
        what);
    out.println("|---|---|---|---|---|---|---|");
  }

  /**
   * @param shards masters of the target cluster, 0 for one server
   */
  private Map<Copier, List<Measured>> measure(Ends ends, int shards, String title, int keys) {
    Map<Copier, List<Measured>> runs = new EnumMap<>(Copier.class);
    for (int i = 0; i < options.runs(); i++) {
      for (Copier copier : Copier.values()) {
        if (copier == Copier.AGENT && shards > 0) {
          ends.renewClusterTarget(shards);
        } else {
          ends.renewTargets(Math.max(1, shards));
        }
        Measured run = FullSyncRun.of(ends, copier, options.javaOptions());
        runs.computeIfAbsent(copier, none -> new ArrayList<>()).add(run);
      }
    }
    runs.forEach(
        (copier, measured) -> {
          double seconds = Measured.median(measured, Measured::seconds);
          out.printf(
              Locale.ROOT,
              "| %s | %s | %.2f | %s | %,.0f | %s | %.0f, %.0f |%n",
              title,
              name(copier),
              seconds,
              Measured.ratio(measured, runs.get(Copier.NATIVE)),
              keys / seconds,
              Measured.cpu(measured, keys / MILLION),
              Measured.median(measured, run -> run.target().peakMegabytes()),
              Measured.median(measured, run -> run.copier().peakMegabytes()));
        });
    return runs;
  }

  /** A line through the two largest measured, at {@link #FAR} million keys. */
  private void extrapolate(List<Map<Copier, List<Measured>>> grown) {
    int last = grown.size() - 1;
    double less = options.millions().get(last - 1) * options.scale();
    double more = options.millions().get(last) * options.scale();
    Map<Copier, Double> walls = new EnumMap<>(Copier.class);
    for (Copier copier : Copier.values()) {
      List<Measured> before = grown.get(last - 1).get(copier);
      List<Measured> after = grown.get(last).get(copier);
      ToDoubleFunction<ToDoubleFunction<Measured>> line =
          figure -> {
            double low = Measured.median(before, figure);
            double high = Measured.median(after, figure);
            return high + (FAR - more) * (high - low) / (more - less);
          };
      double wall = line.applyAsDouble(Measured::seconds);
      walls.put(copier, wall);
      out.printf(
          Locale.ROOT,
          "| %.0f, extrapolated from %s and %s | %s | %.0f | %.2f | %,.0f | %.2f, %.2f, %.2f"
              + " | %.0f, - |%n",
          FAR,
          options.millions().get(last - 1),
          options.millions().get(last),
          name(copier),
          wall,
          wall / walls.get(Copier.NATIVE),
          FAR * MILLION / wall,
          line.applyAsDouble(run -> run.source().cpuSeconds()) / FAR,
          line.applyAsDouble(run -> run.target().cpuSeconds()) / FAR,
          line.applyAsDouble(run -> run.copier().cpuSeconds()) / FAR,
          line.applyAsDouble(run -> run.target().peakMegabytes()));
    }
  }

  private static String name(Copier copier) {
    return copier.name().toLowerCase(Locale.ROOT);
  }
}
