package io.cachesync.agent.cli;

import java.io.PrintWriter;

/** How progress is shown. */
enum ProgressMode {
  /** Drawn over on a terminal, plain lines elsewhere. */
  AUTO,
  PLAIN,
  NONE;

  /** Null where lines go one below the other. */
  LiveLines liveLines(PrintWriter out) {
    return this == AUTO && Terminal.isDrawn(System.getenv())
        ? new LiveLines(out, new Terminal()::columns)
        : null;
  }
}
