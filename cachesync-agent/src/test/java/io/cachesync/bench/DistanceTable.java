package io.cachesync.bench;

import io.cachesync.testkit.RespClient;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What waited, brought to a target that is a long way off, beside a pipelining client on the same
 * way: one transaction under way must still fill the line.
 */
final class DistanceTable {
  private static final double[] ROUND_TRIPS = {0, 1, 10, 50};

  private final Options options;
  private final PrintStream out;

  DistanceTable(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /**
   * @param transactions how many the target has executed
   */
  private record Run(double seconds, double piped, long transactions) {}

  void print() {
    out.println();
    out.println(
        "| commands | round trip ms | pipe s | agent s | of the pipe | kops/s | transactions |");
    out.println("|---|---|---|---|---|---|---|");
    for (Load load : List.of(Load.of(options, false), Load.of(options, true))) {
      for (double roundTrip : ROUND_TRIPS) {
        List<Run> runs = new ArrayList<>();
        for (int i = 0; i < options.runs(); i++) {
          runs.add(run(load, roundTrip));
        }
        double seconds = median(runs.stream().mapToDouble(Run::seconds).toArray());
        out.printf(
            Locale.ROOT,
            "| %s | %.0f | %.2f | %.2f | %.2f | %.0f | %.0f |%n",
            load.title(),
            roundTrip,
            median(runs.stream().mapToDouble(Run::piped).toArray()),
            seconds,
            median(runs.stream().mapToDouble(run -> run.seconds() / run.piped()).toArray()),
            load.commands() / seconds / 1000,
            median(runs.stream().mapToDouble(Run::transactions).toArray()));
      }
    }
  }

  private static double median(double... figures) {
    return Measured.median(figures);
  }

  private Run run(Load load, double roundTrip) {
    double piped;
    try (Ends ends = new Ends()) {
      ends.renewTarget();
      try (DelayProxy proxy = new DelayProxy(ends.target().port(), roundTrip)) {
        piped = load.write(proxy.port(), "1");
      }
    }
    try (Ends ends = new Ends()) {
      ends.renewTarget();
      try (DelayProxy proxy = new DelayProxy(ends.target().port(), roundTrip)) {
        ends.reachTargetAt(proxy.port());
        try (Copier.Running running = Copier.AGENT.start(ends, options.javaOptions())) {
          running.awaitStreaming();
          long before = transactions(ends);
          double seconds = load.drain(ends, running, "1");
          return new Run(seconds, piped, transactions(ends) - before);
        }
      }
    }
  }

  private static long transactions(Ends ends) {
    try (RespClient client = ends.target().client()) {
      return client.calls("exec");
    }
  }
}
