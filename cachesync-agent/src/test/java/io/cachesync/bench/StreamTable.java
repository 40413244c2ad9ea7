package io.cachesync.bench;

import static io.cachesync.bench.Pipeline.bytes;

import io.cachesync.testkit.RespClient;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * The stream: pipelined commands at the source's full rate while the copier follows, and the same
 * commands once more that waited while the copier stood still.
 */
final class StreamTable {
  private static final int COMMANDS = 2_000_000;
  private static final int KEYS = 1_000_000;
  private static final String MARKER = "marker";

  private final Options options;
  private final PrintStream out;
  private final int commands;

  StreamTable(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
    commands = (int) (COMMANDS * options.scale());
  }

  /**
   * @param sourceRate commands a second that the source took
   * @param arrivedRate the same, up to when the last one was at the target
   * @param drained what it took to bring those that had waited, in seconds
   */
  private record Run(double sourceRate, double arrivedRate, Measured live, double drained) {}

  void print() {
    out.println();
    out.println(
        "| commands | copier | source kops/s | arrived kops/s | arrived of source"
            + " | CPU s per million: source, target, agent | drained s | peak MB of agent |");
    out.println("|---|---|---|---|---|---|---|---|");
    for (boolean mixed : List.of(false, true)) {
      List<Run> natives = new ArrayList<>();
      List<Run> agents = new ArrayList<>();
      for (int i = 0; i < options.runs(); i++) {
        if (!options.cluster()) {
          natives.add(run(Copier.NATIVE, mixed));
        }
        agents.add(run(Copier.AGENT, mixed));
      }
      if (!natives.isEmpty()) {
        line(mixed, "native", natives);
      }
      line(mixed, "agent", agents);
    }
  }

  private void line(boolean mixed, String copier, List<Run> runs) {
    List<Measured> live = runs.stream().map(Run::live).toList();
    double millions = commands / 1e6;
    out.printf(
        Locale.ROOT,
        "| %s | %s | %.0f | %.0f | %.2f | %.2f, %.2f, %.2f | %.2f | %.0f |%n",
        mixed ? "a quarter not replacing" : "SET",
        copier,
        median(runs.stream().mapToDouble(Run::sourceRate).toArray()) / 1000,
        median(runs.stream().mapToDouble(Run::arrivedRate).toArray()) / 1000,
        median(runs.stream().mapToDouble(run -> run.arrivedRate() / run.sourceRate()).toArray()),
        Measured.median(live, run -> run.source().cpuSeconds()) / millions,
        Measured.median(live, run -> run.target().cpuSeconds()) / millions,
        Measured.median(live, run -> run.copier().cpuSeconds()) / millions,
        median(runs.stream().mapToDouble(Run::drained).toArray()),
        Measured.median(live, run -> run.copier().peakMegabytes()));
  }

  private static double median(double... figures) {
    return Measured.median(figures);
  }

  private Run run(Copier copier, boolean mixed) {
    try (Ends ends = new Ends()) {
      ends.renewTarget(options.cluster());
      try (Copier.Running running = copier.start(ends, options.javaOptions())) {
        running.awaitStreaming();
        Meter meter = new Meter(ends, running);
        double taken = write(ends, mixed, "1");
        Measured live = meter.end(arrived(ends, running, "1"), running);
        double drained = drain(ends, running, mixed);
        return new Run(commands / taken, commands / live.seconds(), live, drained);
      }
    }
  }

  private double drain(Ends ends, Copier.Running running, boolean mixed) {
    running.freeze();
    write(ends, mixed, "2");
    long began = System.nanoTime();
    running.thaw();
    return (arrived(ends, running, "2") - began) / 1e9;
  }

  /** Writes the commands and a marker behind them, and tells how many seconds the source took. */
  private double write(Ends ends, boolean mixed, String marker) {
    Random random = new Random(5);
    try (Pipeline pipeline = new Pipeline(ends.source())) {
      long began = System.nanoTime();
      for (int i = 0; i < commands; i++) {
        int number = random.nextInt(KEYS);
        switch (mixed && i % 4 == 3 ? i / 4 % 3 : 3) {
          case 0 -> pipeline.command(bytes("INCR"), Dataset.key("n", number));
          case 1 -> pipeline.command(bytes("RPUSH"), Dataset.key("l", number), bytes("element"));
          case 2 ->
              pipeline.command(
                  bytes("HINCRBY"), Dataset.key("h", number), bytes("field"), bytes("1"));
          default ->
              pipeline.command(
                  bytes("SET"), Dataset.key("s", number), bytes("value-" + (i + 10_000_000)));
        }
      }
      pipeline.command(bytes("SET"), bytes(MARKER), bytes(marker));
      return (pipeline.await() - began) / 1e9;
    }
  }

  private static long arrived(Ends ends, Copier.Running running, String marker) {
    try (RespClient target = ends.clientFor(MARKER)) {
      return Waiting.until(
          "the last command", running, () -> marker.equals(target.call("GET", MARKER)));
    }
  }
}
