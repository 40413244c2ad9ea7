package io.cachesync.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The stream: pipelined commands at the source's full rate while the copier follows, and the same
 * commands once more that waited while the copier stood still.
 */
final class StreamTable {
  private final Options options;
  private final PrintStream out;

  StreamTable(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /**
   * @param sourceRate commands a second that the source took
   * @param arrivedRate the same, up to when the last one was at the target
   * @param drained what it took to bring those that had waited, in seconds
   * @param piped what it took a pipelining client to write the same to an empty server
   */
  private record Run(
      double sourceRate, double arrivedRate, Measured live, double drained, double piped) {}

  void print() {
    out.println();
    out.println(
        "| commands | copier | source kops/s | arrived kops/s | arrived of source"
            + " | CPU s per million: source, target, agent | drained s | of a pipe | peak MB of agent |");
    out.println("|---|---|---|---|---|---|---|---|---|");
    for (Load load : List.of(Load.of(options, false), Load.of(options, true))) {
      List<Run> natives = new ArrayList<>();
      List<Run> agents = new ArrayList<>();
      for (int i = 0; i < options.runs(); i++) {
        natives.add(run(Copier.NATIVE, load));
        agents.add(run(Copier.AGENT, load));
      }
      line(load, "native", natives);
      line(load, "agent", agents);
    }
  }

  private void line(Load load, String copier, List<Run> runs) {
    List<Measured> live = runs.stream().map(Run::live).toList();
    out.printf(
        Locale.ROOT,
        "| %s | %s | %.0f | %.0f | %.2f | %s | %.2f | %.2f | %.0f |%n",
        load.title(),
        copier,
        median(runs.stream().mapToDouble(Run::sourceRate).toArray()) / 1000,
        median(runs.stream().mapToDouble(Run::arrivedRate).toArray()) / 1000,
        median(runs.stream().mapToDouble(run -> run.arrivedRate() / run.sourceRate()).toArray()),
        Measured.cpu(live, load.commands() / 1e6),
        median(runs.stream().mapToDouble(Run::drained).toArray()),
        median(runs.stream().mapToDouble(run -> run.drained() / run.piped()).toArray()),
        Measured.median(live, run -> run.copier().peakMegabytes()));
  }

  private static double median(double... figures) {
    return Measured.median(figures);
  }

  private Run run(Copier copier, Load load) {
    try (Ends ends = new Ends()) {
      ends.renewTarget();
      try (Copier.Running running = copier.start(ends, options.javaOptions())) {
        running.awaitStreaming();
        Meter meter = new Meter(ends, running);
        double taken = load.write(ends.source().port(), "1");
        Measured live = meter.end(Load.arrived(ends, running, "1"), running);
        double drained = load.drain(ends, running, "2");
        int commands = load.commands();
        return new Run(commands / taken, commands / live.seconds(), live, drained, Ends.pipe(load));
      }
    }
  }
}
