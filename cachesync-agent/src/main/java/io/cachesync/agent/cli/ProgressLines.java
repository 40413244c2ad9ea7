package io.cachesync.agent.cli;

import io.cachesync.contract.JobReport;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a report says of progress: a line for a job of one link, else one for all and one each. */
final class ProgressLines {
  private ProgressLines() {}

  /**
   * @param columns of the terminal, 0 for none
   */
  static List<String> of(JobReport report, int columns) {
    List<LinkStatus> links = report.links();
    if (links.isEmpty()) {
      return List.of(report.phase().toString());
    }
    if (links.size() == 1) {
      LinkStatus link = links.get(0);
      String ends = link.source() + " -> " + link.target() + "  ";
      return List.of(line(ends, link, report.phase(), columns));
    }
    List<String> lines = new ArrayList<>();
    lines.add(links.size() + " links -> " + links.get(0).target() + "  " + sum(report));
    for (LinkStatus link : links) {
      String ends = "  " + link.link() + "  " + link.source() + "  ";
      lines.add(line(ends, link, link.phase(), columns));
    }
    return lines;
  }

  private static String sum(JobReport report) {
    List<LinkStatus> links = report.links();
    StringBuilder text = new StringBuilder(report.phase().toString());
    if (links.stream().allMatch(LinkStatus::inSync)) {
      text.append(", in sync");
    }
    long bytes = links.stream().mapToLong(LinkStatus::bytesPerSecond).sum();
    long commands = links.stream().mapToLong(LinkStatus::commandsPerSecond).sum();
    text.append(String.format(Locale.ROOT, "  %.1f MB/s  %,d/s", bytes / 1e6, commands));
    return text.toString();
  }

  private static String line(String ends, LinkStatus link, Phase phase, int columns) {
    StringBuilder text = new StringBuilder();
    switch (phase) {
      case FULL_SYNC -> appendFullSync(text, link);
      case INCREMENTAL, PAUSED, FINISHING -> appendStream(text, link);
      default -> {}
    }
    int percent = phase == Phase.FULL_SYNC ? link.percent() : -1;
    return ProgressBar.line(ends, phase.toString(), percent, text.toString(), columns);
  }

  private static void appendFullSync(StringBuilder text, LinkStatus link) {
    text.append(String.format(Locale.ROOT, "  %,d keys", link.keysApplied()));
    appendRates(text, link, "keys/s");
    long seconds = secondsLeft(link);
    if (seconds >= 0) {
      text.append("  ").append(plain(Duration.ofSeconds(seconds))).append(" left");
    }
  }

  /** By bytes where the source has told how many there are, else by keys; -1 while unknown. */
  private static long secondsLeft(LinkStatus link) {
    if (link.rdbBytes() > 0) {
      long left = Math.max(0, link.rdbBytes() - Math.max(0, link.rdbBytesApplied()));
      return link.bytesPerSecond() > 0 ? left / link.bytesPerSecond() : -1;
    }
    long left = Math.max(0, link.keys() - Math.max(0, link.keysApplied()));
    return link.keys() > 0 && link.commandsPerSecond() > 0 ? left / link.commandsPerSecond() : -1;
  }

  private static void appendStream(StringBuilder text, LinkStatus link) {
    if (link.inSync()) {
      text.append(", in sync");
    }
    appendRates(text, link, "commands/s");
    if (link.lagBytes() >= 0) {
      text.append("  lag ").append(bytes(link.lagBytes()));
    }
    if (link.lagMillis() >= 0) {
      text.append(String.format(Locale.ROOT, " / %.1f s", link.lagMillis() / 1000.0));
    }
    if (link.relayDiskBytes() > 0) {
      text.append("  relay log ").append(bytes(link.relayDiskBytes()));
    }
  }

  private static void appendRates(StringBuilder text, LinkStatus link, String unit) {
    text.append(
        String.format(
            Locale.ROOT,
            "  %.1f MB/s  %,d %s",
            link.bytesPerSecond() / 1e6,
            link.commandsPerSecond(),
            unit));
  }

  private static String bytes(long bytes) {
    if (bytes < 10_000) {
      return bytes + " B";
    }
    return bytes < 10_000_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  static String plain(Duration duration) {
    long seconds = duration.toSeconds();
    return seconds < 60
        ? seconds + " s"
        : seconds < 3600
            ? seconds / 60 + " min " + seconds % 60 + " s"
            : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
  }
}
