package io.cachesync.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What processes have cost so far.
 *
 * @param cpuSeconds user and system time, that of ended children (a fork that wrote a snapshot)
 *     included, in steps of 10 ms
 * @param peakMegabytes the most that was resident, of the largest of them
 */
record Cost(double cpuSeconds, double peakMegabytes) {
  static final Cost NOTHING = new Cost(0, 0);

  /** Ticks of the clock that {@code /proc/<pid>/stat} counts in, on every Linux. */
  private static final double TICKS = 100;

  /** Of these processes as they are now. Source of the format: proc(5), stat and status. */
  static Cost of(List<Long> pids) {
    double cpu = 0;
    double peak = 0;
    for (long pid : pids) {
      Path folder = Path.of("/proc", Long.toString(pid));
      String stat = read(folder.resolve("stat"));
      // The name of the program, in brackets, may hold blanks.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      for (int i = 11; i <= 14; i++) {
        cpu += Long.parseLong(fields[i]) / TICKS;
      }
      peak = Math.max(peak, peakMegabytes(read(folder.resolve("status"))));
    }
    return new Cost(cpu, peak);
  }

  /** This, or what the process has cost by now, where it still tells it. */
  Cost orLater(long pid) {
    try {
      Cost now = of(List.of(pid));
      return new Cost(now.cpuSeconds, Math.max(peakMegabytes, now.peakMegabytes));
    } catch (UncheckedIOException e) {
      return this; // It has just ended.
    }
  }

  Cost since(Cost before) {
    return new Cost(cpuSeconds - before.cpuSeconds, peakMegabytes);
  }

  private static double peakMegabytes(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
        .findFirst()
        .orElse(0);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
