package io.cachesync.bench;

import java.io.PrintStream;

/**
 * Prints the tables of docs/performance.md: {@code [full] [stream] [latency] [distance] [slow] [A]
 * [B] [C] [D] [cluster] [runs=3] [scale=1] [java=-Xmx256m]...}.
 */
public final class BenchmarkMain {
  private BenchmarkMain() {}

  public static void main(String... args) {
    measure(Options.of(args), System.out);
    // Threads of servers and agents are daemons or at their end.
    System.exit(0);
  }

  static void measure(Options options, PrintStream out) {
    out.printf(
        "%d processors, Java %s, agent %s, %d runs%n",
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        String.join(" ", options.javaOptions()),
        options.runs());
    for (String table : options.tables()) {
      switch (table) {
        case "full" -> new FullSyncTable(options, out).print();
        case "stream" -> new StreamTable(options, out).print();
        case "latency" -> new LatencyTable(options, out).print();
        case "distance" -> new DistanceTable(options, out).print();
        default -> new SlowTargetTable(options, out).print();
      }
    }
  }
}
