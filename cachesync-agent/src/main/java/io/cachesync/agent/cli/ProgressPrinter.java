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
import java.util.List;
import java.util.Locale;

/** Shows a job's reports to a person: drawn over on a terminal, further lines elsewhere. */
final class ProgressPrinter implements ReportSink {
  private static final long PLAIN_INTERVAL_MILLIS = 5000;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final PrintWriter out;
  private final LiveLines live;
  private final long startMillis;
  private long plainAtMillis;
  private Phase phase;
  private JobReport last;

  /**
   * @param live drawn over on a terminal, or null
   */
  ProgressPrinter(PrintWriter out, LiveLines live, long startMillis) {
    this.out = out;
    this.live = live;
    this.startMillis = startMillis;
  }

  @Override
  public void accept(JobReport report) {
    last = report;
    LogLevel least = live != null ? LogLevel.WARN : LogLevel.INFO;
    for (LogLine line : report.log()) {
      if (line.level().compareTo(least) >= 0) {
        clear();
        boolean ofOne = report.links().size() > 1 && line.link() >= 0;
        String link = ofOne ? "link " + line.link() + ": " : "";
        out.println(time(line.atMillis()) + ' ' + line.level() + ' ' + link + line.text());
      }
    }
    List<String> lines = ProgressLines.of(report, live == null ? 0 : live.columns());
    if (live != null) {
      live.show(lines);
    } else if (report.phase() != phase
        || report.atMillis() - plainAtMillis >= PLAIN_INTERVAL_MILLIS) {
      lines.forEach(line -> out.println(time(report.atMillis()) + ' ' + line));
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
    clear();
    Duration took = Duration.ofMillis(last.atMillis() - startMillis);
    for (LinkStatus link : last.links()) {
      Ledger ledger = link.ledger();
      out.printf(
          Locale.ROOT,
          "%s%s after %s: %,d keys in the full sync%s; of %,d commands %,d applied, %,d skipped on"
              + " resume, %,d filtered, %,d folded, %,d healed, %,d dead letters, %,d waiting.%n",
          last.links().size() > 1 ? "link " + link.link() + ": " : "",
          last.links().size() > 1 ? link.phase() : last.phase(),
          ProgressLines.plain(took),
          Math.max(0, link.keysApplied()),
          leftOut(link),
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

  /** What the target's version has no place for. */
  private static String leftOut(LinkStatus link) {
    long keys = link.unsupportedKeys();
    return keys == 0
        ? ""
        : String.format(Locale.ROOT, " (and functions; not moved, or not as a whole: %,d)", keys);
  }

  private void clear() {
    if (live != null) {
      live.clear();
    }
  }

  private static String time(long millis) {
    return TIME.format(LocalTime.ofInstant(Instant.ofEpochMilli(millis), ZoneId.systemDefault()));
  }
}
