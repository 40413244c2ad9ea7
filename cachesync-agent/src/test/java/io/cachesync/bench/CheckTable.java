package io.cachesync.bench;

import io.cachesync.testkit.AgentProcess;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A check of two equal servers, beside a bare pipelined reader of both that compares nothing. */
final class CheckTable {
  private static final String BARE = "bare reader";
  private static final List<String> MODES = List.of("full", "length", "outline", "smart");

  private final Options options;
  private final PrintStream out;

  CheckTable(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  void print() {
    out.println();
    out.println(
        "| workload | reader | wall s | of bare | keys/s | MB/s"
            + " | CPU s: source, target, reader | CPU of both servers of bare"
            + " | peak MB of reader |");
    out.println("|---|---|---|---|---|---|---|---|---|");
    for (Dataset dataset : options.datasets(Dataset.A, Dataset.B, Dataset.D)) {
      try (Ends ends = new Ends()) {
        ends.fill(dataset, options.keys(dataset));
        double megabytes = ends.megabytes();
        ends.renewTarget();
        // By replication, so that times to live are the same.
        try (Copier.Running replica = Copier.NATIVE.start(ends, List.of())) {
          replica.awaitStreaming();
        }
        measure(ends, dataset, megabytes);
      }
    }
  }

  private void measure(Ends ends, Dataset dataset, double megabytes) {
    BareReader bare = new BareReader(dataset);
    Map<String, List<Measured>> rows = new LinkedHashMap<>();
    for (int i = 0; i < options.runs(); i++) {
      add(rows, BARE, read(ends, bare));
      for (String mode : MODES) {
        add(rows, mode, check(ends, mode));
      }
    }
    List<Measured> references = rows.get(BARE);
    rows.forEach(
        (reader, measured) -> {
          double seconds = Measured.median(measured, Measured::seconds);
          out.printf(
              Locale.ROOT,
              "| %s, %.0f MB | %s | %.2f | %s | %,.0f | %.0f | %s | %.2f | %s |%n",
              dataset,
              megabytes,
              reader,
              seconds,
              Measured.ratio(measured, references),
              options.keys(dataset) / seconds,
              megabytes / seconds,
              Measured.cpu(measured, 1),
              Measured.median(measured, CheckTable::ofServers)
                  / Measured.median(references, CheckTable::ofServers),
              // The bare reader is this program.
              reader.equals(BARE)
                  ? "-"
                  : "%.0f".formatted(Measured.median(measured, r -> r.copier().peakMegabytes())));
        });
  }

  private static void add(Map<String, List<Measured>> rows, String reader, Measured run) {
    rows.computeIfAbsent(reader, none -> new ArrayList<>()).add(run);
  }

  private static double ofServers(Measured run) {
    return run.source().cpuSeconds() + run.target().cpuSeconds();
  }

  private static Measured read(Ends ends, BareReader bare) {
    List<Long> us = List.of(ProcessHandle.current().pid());
    Cost before = Cost.of(us);
    Meter meter = new Meter(ends, null);
    bare.read(ends.source(), ends.target());
    return meter.end(System.nanoTime(), Cost.of(us).since(before));
  }

  private Measured check(Ends ends, String mode) {
    Meter meter = new Meter(ends, null);
    try (AgentProcess agent =
        AgentProcess.startWith(
            options.javaOptions(),
            "check",
            "--source",
            ends.sourceAddress(),
            "--target",
            ends.targetAddress(),
            "--mode",
            mode,
            "--rounds",
            "1",
            "--progress",
            "none")) {
      Cost cost = Cost.NOTHING;
      while (agent.isAlive()) {
        cost = cost.orLater(agent.pid());
        Waiting.aMoment();
      }
      Measured run = meter.end(System.nanoTime(), cost);
      if (agent.exitCode() != 0) {
        throw new IllegalStateException(agent.output());
      }
      return run;
    }
  }
}
