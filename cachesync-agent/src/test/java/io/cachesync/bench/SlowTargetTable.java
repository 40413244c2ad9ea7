package io.cachesync.bench;

import static io.cachesync.bench.Pipeline.bytes;

import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RespClient;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A target that takes 2 MB a second while the source writes 20: what waits lies in the agent's
 * relay log, not in the source's memory, and all of it arrives.
 */
final class SlowTargetTable {
  private static final int TARGET_BYTES = 2_000_000;
  private static final int SOURCE_BYTES = 20_000_000;
  private static final int VALUE_BYTES = 1_000;
  private static final int SECONDS = 20;
  private static final int KEYS = 50_000;

  private final Options options;
  private final PrintStream out;

  SlowTargetTable(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  void print() {
    out.println();
    out.println(
        "| written MB | most omem of the source KB | then waited MB | caught up s"
            + " | both sides | peak MB of agent |");
    out.println("|---|---|---|---|---|---|");
    try (Ends ends = new Ends()) {
      ends.renewTarget();
      try (FaultProxy proxy = new FaultProxy(ends.target().port())) {
        ends.reachTargetAt(proxy.port());
        try (Copier.Running running = Copier.AGENT.start(ends, options.javaOptions())) {
          running.awaitStreaming();
          proxy.slow(TARGET_BYTES);
          measure(ends, proxy, running);
        }
      }
    }
  }

  private void measure(Ends ends, FaultProxy proxy, Copier.Running running) {
    long mostOutput = 0;
    long commands = (long) (SECONDS * options.scale() * SOURCE_BYTES / VALUE_BYTES);
    try (RespClient source = ends.source().client();
        Pipeline pipeline = new Pipeline(ends.source())) {
      long began = System.nanoTime();
      byte[] value = new byte[VALUE_BYTES];
      for (long done = 0; done < commands; ) {
        long due = (System.nanoTime() - began) * (SOURCE_BYTES / VALUE_BYTES) / 1_000_000_000L;
        for (; done < Math.min(due, commands); done++) {
          value[0] = (byte) done;
          value[1] = (byte) (done >> 8);
          pipeline.command(bytes("SET"), Dataset.key("s", (int) (done % KEYS)), value);
        }
        pipeline.flush();
        mostOutput = Math.max(mostOutput, omem(source));
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
      Load.mark(pipeline, "1");
      pipeline.await();
      // The writing has just ended: never does more of it wait.
      long waiting = running.waitingBytes();
      long opened = System.nanoTime();
      proxy.slow(0);
      double caughtUp = (Load.arrived(ends, running, "1") - opened) / 1e9;
      boolean equal = DatasetComparer.compare(ends.source(), ends.target()).isEmpty();
      out.printf(
          Locale.ROOT,
          "| %d | %d | %d | %.2f | %s | %.0f |%n",
          commands * VALUE_BYTES / 1_000_000,
          mostOutput / 1000,
          waiting / 1_000_000,
          caughtUp,
          equal ? "equal" : "not equal",
          running.cost().peakMegabytes());
    }
  }

  /** What the source holds for its replicas. */
  private static long omem(RespClient source) {
    long bytes = 0;
    for (String line : source.text("CLIENT", "LIST", "TYPE", "replica").split("\n")) {
      if (line.contains("omem=")) {
        bytes += Long.parseLong(line.replaceAll(".* omem=(\\d+).*", "$1").strip());
      }
    }
    return bytes;
  }
}
