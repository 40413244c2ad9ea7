package io.cachesync.bench;

import static io.cachesync.bench.Pipeline.bytes;

import io.cachesync.testkit.RespClient;
import java.util.Random;

/** The commands of the stream, on a million keys, and a marker behind them. */
record Load(int commands, boolean mixed) {
  static final String MARKER = "marker";

  private static final int COMMANDS = 2_000_000;
  private static final int KEYS = 1_000_000;

  /**
   * @param mixed whether a quarter of them does not only replace
   */
  static Load of(Options options, boolean mixed) {
    return new Load((int) (COMMANDS * options.scale()), mixed);
  }

  String title() {
    return mixed ? "a quarter not replacing" : "SET";
  }

  /** Writes them, and tells how many seconds the server took. */
  double write(int port, String marker) {
    Random random = new Random(5);
    try (Pipeline pipeline = new Pipeline(port)) {
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

  /** Waits until the marker is at the target. */
  static long arrived(Ends ends, Copier.Running running, String marker) {
    try (RespClient target = ends.clientFor(MARKER)) {
      return Waiting.until(
          "the last command", running, () -> marker.equals(target.call("GET", MARKER)));
    }
  }

  /** Seconds that it takes to bring all of it, which has waited while the copier stood still. */
  double drain(Ends ends, Copier.Running running, String marker) {
    running.freeze();
    write(ends.source().port(), marker);
    long began = System.nanoTime();
    running.thaw();
    return (arrived(ends, running, marker) - began) / 1e9;
  }
}
