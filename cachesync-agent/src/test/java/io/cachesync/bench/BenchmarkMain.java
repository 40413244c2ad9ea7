package io.cachesync.bench;

import java.io.PrintStream;

/**
 * Prints the tables of docs/performance.md: {@code [full] [stream] [latency] [distance] [slow]
 * [cluster] [growth] [check] [A] [B] [C] [D] [runs=3] [scale=1] [millions=1,10]
 * [java=-Xmx256m]...}.
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
        case "slow" -> new SlowTargetTable(options, out).print();
        case "cluster" -> new ClusterTable(options, out).print();
        case "growth" -> new GrowthTable(options, out).print();
        default -> new CheckTable(options, out).print();
      }
    }
  }
}
