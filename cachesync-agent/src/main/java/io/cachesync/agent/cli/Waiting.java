package io.cachesync.agent.cli;

import java.io.PrintWriter;
import java.util.List;

/** What is said while something goes on that has nothing to show: gone again on a terminal. */
final class Waiting implements AutoCloseable {
  private final PrintWriter out;
  private final LiveLines live;

  private Waiting(PrintWriter out, LiveLines live) {
    this.out = out;
    this.live = live;
  }

  /**
   * @param live drawn over on a terminal, or null
   */
  static Waiting show(ProgressMode progress, PrintWriter out, LiveLines live, String line) {
    LiveLines drawn = progress == ProgressMode.NONE ? null : live;
    if (drawn != null) {
      drawn.show(List.of(line));
    } else if (progress != ProgressMode.NONE) {
      out.println(line);
    }
    out.flush();
    return new Waiting(out, drawn);
  }

  @Override
  public void close() {
    if (live != null) {
      live.clear();
      out.flush();
    }
  }
}
