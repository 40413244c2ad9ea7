package io.cachesync.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A cluster of three masters as the target of one server: the full sync and the stream, beside a
 * client that pipelines each node's share over a connection of its own. Native replication cannot
 * do it; it runs beside into one server, as a measure.
 */
final class ClusterTable {
  private static final int MASTERS = 3;

  private final Options options;
  private final PrintStream out;

  ClusterTable(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /**
   * @param sourceRate commands a second that the source took
   * @param arrivedRate the same, up to when the last one was at the target
   * @param drained what it took to bring those that had waited, in seconds
   * @param piped what it took the client to write the same to an empty cluster
   */
  private record Run(
      double sourceRate, double arrivedRate, Measured live, double drained, double piped) {}

  void print() {
    out.println();
    out.println(
        "| workload | way | wall s | of the pipe | of native | keys/s | MB/s"
            + " | CPU s: source, target, agent | peak MB: largest node, agent |");
    out.println("|---|---|---|---|---|---|---|---|---|");
    for (Dataset dataset : options.datasets(Dataset.A)) {
      fullSync(dataset, options.keys(dataset));
    }
    out.println();
    out.println(
        "| commands | source kops/s | arrived kops/s | arrived of source"
            + " | CPU s per million: source, target, agent | drained s | pipe s | of the pipe"
            + " | peak MB of agent |");
    out.println("|---|---|---|---|---|---|---|---|---|");
    for (Load load : List.of(Load.of(options, false), Load.of(options, true))) {
      stream(load);
    }
  }

  private void fullSync(Dataset dataset, int keys) {
    Map<String, List<Measured>> ways = new LinkedHashMap<>();
    ClusterPipe pipe = new ClusterPipe(MASTERS, to -> dataset.write(to, keys));
    try (Ends ends = new Ends()) {
      ends.fill(dataset, keys);
      double megabytes = ends.megabytes();
      for (int i = 0; i < options.runs(); i++) {
        ends.renewTarget();
        add(ways, "native, one server", FullSyncRun.of(ends, Copier.NATIVE, List.of()));
        ends.renewClusterTarget(MASTERS);
        add(ways, "pipe, three connections", piped(ends, pipe));
        ends.renewClusterTarget(MASTERS);
        add(ways, "agent", FullSyncRun.of(ends, Copier.AGENT, options.javaOptions()));
      }
      List<List<Measured>> runs = new ArrayList<>(ways.values());
      ways.forEach(
          (way, measured) -> {
            double seconds = Measured.median(measured, Measured::seconds);
            out.printf(
                Locale.ROOT,
                "| %s, %.0f MB | %s | %.2f | %s | %s | %,.0f | %.0f | %s | %.0f, %.0f |%n",
                dataset,
                megabytes,
                way,
                seconds,
                Measured.ratio(measured, runs.get(1)),
                Measured.ratio(measured, runs.get(0)),
                keys / seconds,
                megabytes / seconds,
                Measured.cpu(measured, 1),
                Measured.median(measured, run -> run.target().peakMegabytes()),
                Measured.median(measured, run -> run.copier().peakMegabytes()));
          });
    }
  }

  private static void add(Map<String, List<Measured>> ways, String way, Measured run) {
    ways.computeIfAbsent(way, none -> new ArrayList<>()).add(run);
  }

  private static Measured piped(Ends ends, ClusterPipe pipe) {
    Meter meter = new Meter(ends, null);
    return meter.end(pipe.write(ends.targets()), Cost.NOTHING);
  }

  private void stream(Load load) {
    List<Run> runs = new ArrayList<>();
    ClusterPipe pipe = new ClusterPipe(MASTERS, to -> load.write(to, "1"));
    for (int i = 0; i < options.runs(); i++) {
      runs.add(run(load, pipe));
    }
    List<Measured> live = runs.stream().map(Run::live).toList();
    out.printf(
        Locale.ROOT,
        "| %s | %.0f | %.0f | %.2f | %s | %.2f | %.2f | %.2f | %.0f |%n",
        load.title(),
        median(runs.stream().mapToDouble(Run::sourceRate).toArray()) / 1000,
        median(runs.stream().mapToDouble(Run::arrivedRate).toArray()) / 1000,
        median(runs.stream().mapToDouble(run -> run.arrivedRate() / run.sourceRate()).toArray()),
        Measured.cpu(live, load.commands() / 1e6),
        median(runs.stream().mapToDouble(Run::drained).toArray()),
        median(runs.stream().mapToDouble(Run::piped).toArray()),
        median(runs.stream().mapToDouble(run -> run.drained() / run.piped()).toArray()),
        Measured.median(live, run -> run.copier().peakMegabytes()));
  }

  private static double median(double... figures) {
    return Measured.median(figures);
  }

  private Run run(Load load, ClusterPipe pipe) {
    try (Ends ends = new Ends()) {
      ends.renewClusterTarget(MASTERS);
      double piped = piped(ends, pipe).seconds();
      ends.renewClusterTarget(MASTERS);
      try (Copier.Running running = Copier.AGENT.start(ends, options.javaOptions())) {
        running.awaitStreaming();
        Meter meter = new Meter(ends, running);
        double taken = load.write(ends.source().port(), "1");
        Measured live = meter.end(Load.arrived(ends, running, "1"), running);
        double drained = load.drain(ends, running, "2");
        int commands = load.commands();
        return new Run(commands / taken, commands / live.seconds(), live, drained, piped);
      }
    }
  }
}
