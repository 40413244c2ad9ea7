package io.cachesync.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The full sync of each workload, beside native replication. */
final class FullSyncTable {
  private final Options options;
  private final PrintStream out;

  FullSyncTable(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  void print() {
    out.println();
    out.println(
        "| workload | copier | wall s | of native | keys/s | MB/s"
            + " | CPU s: source, target, agent | peak MB: target, agent |");
    out.println("|---|---|---|---|---|---|---|---|");
    try (Ends ends = new Ends()) {
      measure(ends, "none", 0);
    }
    for (Dataset dataset : options.datasets(Dataset.values())) {
      try (Ends ends = new Ends()) {
        int keys = options.keys(dataset);
        ends.fill(dataset, keys);
        measure(ends, dataset.name(), keys);
      }
    }
  }

  private void measure(Ends ends, String name, int keys) {
    double megabytes = ends.megabytes();
    Map<Copier, List<Measured>> runs = new EnumMap<>(Copier.class);
    for (int i = 0; i < options.runs(); i++) {
      for (Copier copier : Copier.values()) {
        ends.renewTarget();
        runs.computeIfAbsent(copier, none -> new ArrayList<>())
            .add(FullSyncRun.of(ends, copier, options.javaOptions()));
      }
    }
    List<Measured> natives = runs.get(Copier.NATIVE);
    runs.forEach(
        (copier, measured) -> {
          double seconds = Measured.median(measured, Measured::seconds);
          out.printf(
              Locale.ROOT,
              "| %s, %.0f MB | %s | %.2f | %s | %,.0f | %.0f | %s | %.0f, %.0f |%n",
              name,
              megabytes,
              copier.name().toLowerCase(Locale.ROOT),
              seconds,
              Measured.ratio(measured, natives),
              keys / seconds,
              megabytes / seconds,
              Measured.cpu(measured, 1),
              Measured.median(measured, run -> run.target().peakMegabytes()),
              Measured.median(measured, run -> run.copier().peakMegabytes()));
        });
  }
}
