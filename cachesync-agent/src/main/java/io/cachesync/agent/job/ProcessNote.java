package io.cachesync.agent.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * A process as it notes itself in a file: {@code PID TICKS}, its start time in clock ticks
 * (/proc/PID/stat, field 22), by which a later process of the same id is told from it.
 */
final class ProcessNote {
  private ProcessNote() {}

  static String own() {
    return ProcessHandle.current().pid() + startTicks("self") + "\n";
  }

  /** The id of the process that a note is of, where it still runs and can be seen from here. */
  static OptionalLong alive(String note) {
    String[] words = note.trim().split(" ");
    try {
      long process = Long.parseLong(words[0]);
      boolean runs = ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false);
      return runs && words.length > 1 && startTicks(words[0]).equals(" " + words[1])
          ? OptionalLong.of(process)
          : OptionalLong.empty();
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Field 22 of /proc/PID/stat, counted behind the command's closing bracket. */
  private static String startTicks(String process) {
    Path stat = Path.of("/proc", process, "stat");
    try {
      String text = Files.exists(stat) ? Files.readString(stat) : "";
      String[] fields = text.substring(text.lastIndexOf(')') + 1).trim().split(" ");
      return fields.length > 19 ? " " + fields[19] : " 0";
    } catch (IOException e) {
      return " 0";
    }
  }
}
