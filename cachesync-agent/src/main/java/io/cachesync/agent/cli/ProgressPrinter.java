package io.cachesync.agent.cli;

import io.cachesync.agent.job.ReportSink;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.LogLine;
import io.cachesync.contract.Phase;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Shows a job's reports to a person: one refreshed line on a terminal, lines elsewhere. */
final class ProgressPrinter implements ReportSink {
  private static final long PLAIN_INTERVAL_MILLIS = 5000;
  private static final String CLEAR_LINE = "\r\u001b[K";
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final PrintWriter out;
  private final boolean refreshed;
  private final long startMillis;
  private long plainAtMillis;
  private Phase phase;
  private JobReport last;

  /**
   * @param refreshed one line that is overwritten, as terminals can
   */
  ProgressPrinter(PrintWriter out, boolean refreshed, long startMillis) {
    this.out = out;
    this.refreshed = refreshed;
    this.startMillis = startMillis;
  }

  @Override
  public void accept(JobReport report) {
    last = report;
    LogLevel least = refreshed ? LogLevel.WARN : LogLevel.INFO;
    for (LogLine line : report.log()) {
      if (line.level().compareTo(least) >= 0) {
        out.print(refreshed ? CLEAR_LINE : "");
        out.println(time(line.atMillis()) + ' ' + line.level() + ' ' + line.text());
      }
    }
    if (refreshed) {
      out.print(CLEAR_LINE + line(report));
    } else if (report.phase() != phase
        || report.atMillis() - plainAtMillis >= PLAIN_INTERVAL_MILLIS) {
      out.println(time(report.atMillis()) + ' ' + line(report));
      plainAtMillis = report.atMillis();
    }
    phase = report.phase();
    out.flush();
  }

  /** Prints the summary. */
  @Override
  public void close() {
    if (last == null) {
      return;
    }
    out.print(refreshed ? CLEAR_LINE : "");
    Duration took = Duration.ofMillis(last.atMillis() - startMillis);
    for (LinkStatus link : last.links()) {
      Ledger ledger = link.ledger();
      out.printf(
          Locale.ROOT,
          "%s after %s: %,d keys in the full sync; of %,d commands %,d applied, %,d skipped on"
              + " resume, %,d filtered, %,d folded, %,d healed, %,d dead letters, %,d waiting.%n",
          last.phase(),
          plain(took),
          Math.max(0, link.keysApplied()),
          ledger.read(),
          ledger.applied(),
          ledger.skippedOnResume(),
          ledger.filtered(),
          ledger.folded(),
          ledger.healed(),
          ledger.deadLetters(),
          ledger.waiting());
    }
    out.flush();
  }

  private static String line(JobReport report) {
    StringBuilder text = new StringBuilder();
    for (LinkStatus link : report.links()) {
      text.append(link.source()).append(" -> ").append(link.target());
      text.append("  ").append(report.phase());
      switch (report.phase()) {
        case FULL_SYNC -> appendFullSync(text, link);
        case INCREMENTAL, PAUSED, FINISHING -> appendStream(text, link);
        default -> {}
      }
    }
    return text.toString();
  }

  private static void appendFullSync(StringBuilder text, LinkStatus link) {
    int percent = link.percent();
    if (percent >= 0) {
      text.append("  ").append(percent).append('%');
    }
    text.append(String.format(Locale.ROOT, "  %,d keys", link.keysApplied()));
    appendRates(text, link, "keys/s");
    if (link.rdbBytes() > 0 && link.bytesPerSecond() > 0) {
      long seconds = (link.rdbBytes() - link.rdbBytesApplied()) / link.bytesPerSecond();
      text.append("  ").append(plain(Duration.ofSeconds(Math.max(0, seconds)))).append(" left");
    }
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

  private static String plain(Duration duration) {
    long seconds = duration.toSeconds();
    return seconds < 60
        ? seconds + " s"
        : seconds < 3600
            ? seconds / 60 + " min " + seconds % 60 + " s"
            : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
  }

  private static String time(long millis) {
    return TIME.format(LocalTime.ofInstant(Instant.ofEpochMilli(millis), ZoneId.systemDefault()));
  }
}
