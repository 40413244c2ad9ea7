package io.cachesync.web.machine;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Reads what the sample script prints: two readings of the counters, one second apart. */
final class SampleText {
  /** Positions in the line cpu of /proc/stat. */
  private static final int IDLE = 3;

  private static final int IO_WAIT = 4;

  /** Guest time, behind these, is counted in user time already. */
  private static final int COUNTED = 8;

  private static final long KILO = 1024;

  private SampleText() {}

  static MachineSample read(long machineId, Instant at, List<String> lines) {
    int half = lines.indexOf("again");
    if (half < 0) {
      throw new IllegalArgumentException("not a sample: " + lines);
    }
    List<String> before = lines.subList(0, half);
    List<String> after = lines.subList(half + 1, lines.size());
    long[] memory = first(after, "memory ");
    long[] disk = first(after, "disk ");
    long total = at(memory, 0) * KILO;
    return new MachineSample(
        machineId,
        at,
        cpuPercent(first(before, "cpu "), first(after, "cpu ")),
        load(after),
        total - at(memory, 1) * KILO,
        total,
        at(disk, 1) * KILO,
        at(disk, 0) * KILO,
        Math.max(0, sum(after, 0) - sum(before, 0)),
        Math.max(0, sum(after, 1) - sum(before, 1)));
  }

  private static double cpuPercent(long[] before, long[] after) {
    long all = 0;
    long idle = 0;
    for (int i = 0; i < Math.min(COUNTED, Math.min(before.length, after.length)); i++) {
      long spent = after[i] - before[i];
      all += spent;
      idle += i == IDLE || i == IO_WAIT ? spent : 0;
    }
    return all <= 0 ? 0 : Math.round(1000.0 * (all - idle) / all) / 10.0;
  }

  private static double load(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("load "))
        .map(line -> line.substring("load ".length()).strip())
        .filter(text -> text.matches("[0-9]+(\\.[0-9]+)?"))
        .mapToDouble(Double::parseDouble)
        .findFirst()
        .orElse(0);
  }

  private static long sum(List<String> lines, int column) {
    return lines.stream()
        .filter(line -> line.startsWith("net "))
        .mapToLong(line -> at(numbers(line.substring("net ".length())), column))
        .sum();
  }

  private static long[] first(List<String> lines, String prefix) {
    return lines.stream()
        .filter(line -> line.startsWith(prefix))
        .map(line -> numbers(line.substring(prefix.length())))
        .findFirst()
        .orElse(new long[0]);
  }

  private static long[] numbers(String text) {
    return Arrays.stream(text.strip().split(" +"))
        .filter(word -> word.matches("[0-9]{1,18}"))
        .mapToLong(Long::parseLong)
        .toArray();
  }

  private static long at(long[] numbers, int position) {
    return position < numbers.length ? numbers[position] : 0;
  }
}
