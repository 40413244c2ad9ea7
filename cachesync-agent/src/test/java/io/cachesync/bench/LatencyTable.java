package io.cachesync.bench;

import static io.cachesync.bench.Pipeline.bytes;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a write takes to the target under a steady load: one command in a hundred is told by the
 * target's key space events, and is timed from before it is sent to the source.
 */
final class LatencyTable {
  private static final int RATE = 20_000;
  private static final int IDLE_RATE = 50;
  private static final int SECONDS = 10;
  private static final int EACH = 100;
  private static final int KEYS = 100_000;
  private static final String PROBE = "probe";

  private final Options options;
  private final PrintStream out;

  LatencyTable(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  void print() {
    out.println();
    out.println("| copier | p50 ms | p99 ms | most ms | idle p50 ms |");
    out.println("|---|---|---|---|---|");
    for (Copier copier : Copier.values()) {
      double[][] runs = new double[options.runs()][];
      for (int i = 0; i < runs.length; i++) {
        runs[i] = run(copier);
      }
      out.printf(
          Locale.ROOT,
          "| %s | %.2f | %.2f | %.2f | %.2f |%n",
          copier.name().toLowerCase(Locale.ROOT),
          median(runs, 0),
          median(runs, 1),
          median(runs, 2),
          median(runs, 3));
    }
  }

  private static double median(double[][] runs, int figure) {
    return Measured.median(Arrays.stream(runs).mapToDouble(run -> run[figure]).toArray());
  }

  private double[] run(Copier copier) {
    try (Ends ends = new Ends()) {
      ends.renewTarget();
      for (RedisServer server : ends.targets()) {
        server.config("notify-keyspace-events", "K$");
      }
      try (Copier.Running running = copier.start(ends, options.javaOptions())) {
        running.awaitStreaming();
        measure(ends, 2, RATE, EACH); // Warms up.
        double[] loaded = measure(ends, SECONDS, RATE, EACH);
        double[] idle = measure(ends, SECONDS / 2, IDLE_RATE, 1);
        return new double[] {at(loaded, 0.5), at(loaded, 0.99), at(loaded, 1), at(idle, 0.5)};
      }
    }
  }

  private static double at(double[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1L, Math.round(share * sorted.length))];
  }

  /**
   * Milliseconds of each probe, in order of size.
   *
   * @param rate commands a second
   * @param each one of how many is a probe
   */
  private static double[] measure(Ends ends, int seconds, int rate, int each) {
    int probes = seconds * rate / each;
    long[] sent = new long[probes];
    long[] seen = new long[probes];
    try (RespClient events = ends.clientFor(PROBE);
        Pipeline pipeline = new Pipeline(ends.source())) {
      events.call("SUBSCRIBE", "__keyspace@0__:" + PROBE);
      Thread listener = new Thread(() -> listen(events, seen), "events");
      listener.start();
      write(pipeline, rate, each, sent);
      pipeline.await();
      listener.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    double[] millis = new double[probes];
    for (int i = 0; i < probes; i++) {
      millis[i] = (seen[i] - sent[i]) / 1e6;
    }
    Arrays.sort(millis);
    return millis;
  }

  private static void listen(RespClient events, long[] seen) {
    for (int i = 0; i < seen.length; i++) {
      events.read();
      seen[i] = System.nanoTime();
    }
  }

  /** Every millisecond what is due; a probe comes last of what it stands for. */
  private static void write(Pipeline pipeline, int rate, int each, long[] sent) {
    long began = System.nanoTime();
    long commands = (long) sent.length * each;
    long done = 0;
    while (done < commands) {
      long due =
          Math.min(commands, (System.nanoTime() - began) * rate / TimeUnit.SECONDS.toNanos(1) + 1);
      for (; done < due; done++) {
        byte[] value = bytes("value-" + done);
        if (done % each == each - 1) {
          sent[(int) (done / each)] = System.nanoTime();
          pipeline.command(bytes("SET"), bytes(PROBE), value);
        } else {
          pipeline.command(bytes("SET"), Dataset.key("s", (int) (done % KEYS)), value);
        }
      }
      pipeline.flush();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }
}
