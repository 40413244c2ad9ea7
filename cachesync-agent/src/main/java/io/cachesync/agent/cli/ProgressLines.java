package io.cachesync.agent.cli;

import io.cachesync.agent.cli.ProgressBar.Figure;
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
      Figure ends = new Figure(link.source() + " -> " + link.target() + "  ", 0, 0);
      return List.of(line("", ends, link, report.phase(), columns));
    }
    List<String> lines = new ArrayList<>();
    lines.add(links.size() + " links -> " + links.get(0).target() + "  " + sum(report));
    for (LinkStatus link : links) {
      // Which of them it is says more than its rates.
      Figure source = new Figure(link.source() + "  ", 0, 3);
      lines.add(line("  " + link.link() + "  ", source, link, link.phase(), columns));
    }
    return lines;
  }

  /**
   * That of the job; while it goes on, that of its links where all agree: a job whose links have
   * all ended, or begin again, has no least advanced one to be told by.
   */
  static Phase phase(JobReport report) {
    List<LinkStatus> links = report.links();
    boolean agree =
        !report.phase().ended()
            && links.size() > 1
            && links.stream().map(LinkStatus::phase).distinct().count() == 1;
    return agree ? links.get(0).phase() : report.phase();
  }

  private static String sum(JobReport report) {
    List<LinkStatus> links = report.links();
    StringBuilder text = new StringBuilder(phase(report).toString());
    if (links.stream().allMatch(LinkStatus::inSync)) {
      text.append(", in sync");
    }
    long bytes = links.stream().mapToLong(LinkStatus::bytesPerSecond).sum();
    long commands = links.stream().mapToLong(LinkStatus::commandsPerSecond).sum();
    text.append(String.format(Locale.ROOT, "  %.1f MB/s  %,d/s", bytes / 1e6, commands));
    return text.toString();
  }

  private static String line(String lead, Figure ends, LinkStatus link, Phase phase, int columns) {
    boolean streams =
        phase == Phase.INCREMENTAL || phase == Phase.PAUSED || phase == Phase.FINISHING;
    List<Figure> figures =
        phase == Phase.FULL_SYNC ? ofFullSync(link) : streams ? ofStream(link) : List.of();
    int percent = phase == Phase.FULL_SYNC ? link.percent() : -1;
    String told = streams && link.inSync() ? phase + ", in sync" : phase.toString();
    if (phase == Phase.FULL_SYNC_WAITING) {
      told += ": the source prepares its snapshot";
    }
    return ProgressBar.line(lead, ends, told, percent, figures, columns);
  }

  private static List<Figure> ofFullSync(LinkStatus link) {
    long seconds = secondsLeft(link);
    String left = seconds < 0 ? "" : "  " + plain(Duration.ofSeconds(seconds)) + " left";
    return List.of(
        new Figure(text("  %,d keys", link.keysApplied()), 17, 5),
        new Figure(megabytes(link), 12, 2),
        new Figure(text("  %,d keys/s", link.commandsPerSecond()), 17, 1),
        new Figure(left, 17, 4));
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

  private static List<Figure> ofStream(LinkStatus link) {
    String lag = link.lagBytes() < 0 ? "" : "  lag " + bytes(link.lagBytes());
    String age = link.lagMillis() < 0 ? "" : text(" / %.1f s", link.lagMillis() / 1000.0);
    String relay = link.relayDiskBytes() <= 0 ? "" : "  relay log " + bytes(link.relayDiskBytes());
    return List.of(
        new Figure(megabytes(link), 12, 1),
        new Figure(text("  %,d commands/s", link.commandsPerSecond()), 20, 2),
        new Figure(lag + age, 22, 5),
        new Figure(relay, 19, 4));
  }

  private static String megabytes(LinkStatus link) {
    return text("  %.1f MB/s", link.bytesPerSecond() / 1e6);
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
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
