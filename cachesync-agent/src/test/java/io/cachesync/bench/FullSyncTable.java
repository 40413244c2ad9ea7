package io.cachesync.bench;

import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.RespError;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The full sync: from the start until a key that was written after the source's fork is at the
 * target and both sides have as many keys.
 */
final class FullSyncTable {
  private static final String MARKER = "marker";

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
    for (Dataset dataset : options.datasets()) {
      try (Ends ends = new Ends()) {
        int keys = (int) (dataset.keys() * options.scale());
        try (Pipeline pipeline = new Pipeline(ends.source())) {
          dataset.write(pipeline, keys);
          pipeline.await();
        }
        measure(ends, dataset.name(), keys);
      }
    }
  }

  private void measure(Ends ends, String name, int keys) {
    double megabytes = ends.megabytes();
    Map<Copier, List<Measured>> runs = new EnumMap<>(Copier.class);
    for (int i = 0; i < options.runs(); i++) {
      for (Copier copier : options.cluster() ? List.of(Copier.AGENT) : List.of(Copier.values())) {
        ends.renewTarget(options.cluster());
        runs.computeIfAbsent(copier, none -> new ArrayList<>()).add(run(ends, copier));
      }
    }
    List<Measured> natives = runs.get(Copier.NATIVE);
    runs.forEach(
        (copier, measured) -> {
          double seconds = Measured.median(measured, Measured::seconds);
          out.printf(
              Locale.ROOT,
              "| %s, %.0f MB | %s | %.2f | %s | %,.0f | %.0f | %.2f, %.2f, %.2f | %.0f, %.0f |%n",
              name,
              megabytes,
              copier.name().toLowerCase(Locale.ROOT),
              seconds,
              natives == null ? "-" : ratio(measured, natives),
              keys / seconds,
              megabytes / seconds,
              Measured.median(measured, run -> run.source().cpuSeconds()),
              Measured.median(measured, run -> run.target().cpuSeconds()),
              Measured.median(measured, run -> run.copier().cpuSeconds()),
              Measured.median(measured, run -> run.target().peakMegabytes()),
              Measured.median(measured, run -> run.copier().peakMegabytes()));
        });
  }

  /** The median of the ratios of runs that stood beside each other. */
  private static String ratio(List<Measured> runs, List<Measured> natives) {
    double[] ratios = new double[runs.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = runs.get(i).seconds() / natives.get(i).seconds();
    }
    return "%.2f".formatted(Measured.median(ratios));
  }

  private Measured run(Ends ends, Copier copier) {
    try (RespClient source = ends.source().client();
        RespClient target = ends.clientFor(MARKER)) {
      source.call("DEL", MARKER);
      long forks = forks(source);
      Meter meter = new Meter(ends, null);
      try (Copier.Running running = copier.start(ends, options.javaOptions())) {
        Waiting.until("a fork of the source", running, () -> forks(source) > forks);
        source.call("SET", MARKER, "here");
        long keys = source.number("DBSIZE");
        long end =
            Waiting.until("all keys", running, () -> has(target) && ends.keysAtTarget() >= keys);
        return meter.end(end, running);
      }
    }
  }

  private static long forks(RespClient source) {
    return Long.parseLong(source.info("stats").get("total_forks"));
  }

  private static boolean has(RespClient target) {
    try {
      return target.call("GET", MARKER) != null;
    } catch (RespError e) {
      return false; // -LOADING
    }
  }
}
