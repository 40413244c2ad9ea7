package io.cachesync.bench;

import static io.cachesync.bench.Pipeline.bytes;

import io.cachesync.testkit.RespClient;
import java.util.List;
import java.util.Random;

/** The commands of the stream, on a million keys, and markers behind them. */
record Load(int commands, boolean mixed) {
  /** One for each node of a cluster of three, which may be differently far. */
  private static final List<String> MARKERS = BySlot.names("end", 3);

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
    try (Pipeline pipeline = new Pipeline(port)) {
      long began = System.nanoTime();
      write(pipeline, marker);
      return (pipeline.await() - began) / 1e9;
    }
  }

  void write(Commands to, String marker) {
    Random random = new Random(5);
    for (int i = 0; i < commands; i++) {
      int number = random.nextInt(KEYS);
      switch (mixed && i % 4 == 3 ? i / 4 % 3 : 3) {
        case 0 -> to.command(bytes("INCR"), Dataset.key("n", number));
        case 1 -> to.command(bytes("RPUSH"), Dataset.key("l", number), bytes("element"));
        case 2 ->
            to.command(bytes("HINCRBY"), Dataset.key("h", number), bytes("field"), bytes("1"));
        default ->
            to.command(bytes("SET"), Dataset.key("s", number), bytes("value-" + (i + 10_000_000)));
      }
    }
    mark(to, marker);
  }

  static void mark(Commands to, String marker) {
    MARKERS.forEach(name -> to.command(bytes("SET"), bytes(name), bytes(marker)));
  }

  /** Waits until the markers are at the target. */
  static long arrived(Ends ends, Copier.Running running, String marker) {
    long seen = 0;
    for (String name : MARKERS) {
      try (RespClient target = ends.clientFor(name)) {
        seen =
            Waiting.until(
                "the last command", running, () -> marker.equals(target.call("GET", name)));
      }
    }
    return seen;
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
