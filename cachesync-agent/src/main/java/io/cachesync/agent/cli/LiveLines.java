package io.cachesync.agent.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.function.IntSupplier;

/** Lines at the end of a terminal that are drawn over, each cut to its width. */
final class LiveLines {
  private static final String CLEAR_LINE = "\r\u001b[K";
  private static final String ONE_UP = "\u001b[A";

  private final PrintWriter out;
  private final IntSupplier columns;

  /** Lines that stand there, the cursor at the end of the last. */
  private int shown = 1;

  LiveLines(PrintWriter out, IntSupplier columns) {
    this.out = out;
    this.columns = columns;
  }

  int columns() {
    return columns.getAsInt();
  }

  void show(List<String> lines) {
    clear();
    shown = lines.size();
    // One that the terminal breaks in two could not be drawn over.
    int widest = columns() - 1;
    List<String> cut =
        lines.stream().map(line -> line.substring(0, Math.min(widest, line.length()))).toList();
    out.print(String.join("\n", cut));
  }

  void clear() {
    out.print(CLEAR_LINE);
    for (; shown > 1; shown--) {
      out.print(ONE_UP + CLEAR_LINE);
    }
  }
}
