package io.cachesync.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How progress is shown. */
enum ProgressMode {
  /** A refreshed line on a terminal, plain lines elsewhere. */
  AUTO,
  PLAIN,
  NONE;

  /** Whether standard output is a terminal. */
  static boolean onTerminal() {
    Path stdout = Path.of("/proc/self/fd/1");
    if (!Files.exists(stdout)) {
      return System.console() != null;
    }
    try {
      String device = Files.readSymbolicLink(stdout).toString();
      return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }
}
