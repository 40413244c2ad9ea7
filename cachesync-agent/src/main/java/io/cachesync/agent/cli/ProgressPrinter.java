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

/** Shows a job's reports to a person: refreshed lines on a terminal, further lines elsewhere. */
final class ProgressPrinter implements ReportSink {
  private static final long PLAIN_INTERVAL_MILLIS = 5000;
  private static final String CLEAR_LINE = "\r\u001b[K";

  private static final String ONE_UP = "\u001b[A";

  /** A line that a terminal breaks in two could not be overwritten. */
  private static final int TERMINAL_COLUMNS = 79;

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final PrintWriter out;
  private final boolean refreshed;
  private final long startMillis;
  private long plainAtMillis;
  private Phase phase;
  private JobReport last;

  /** Lines that stand on the terminal, the cursor at the end of the last. */
  private int shown = 1;

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
        clear();
        boolean ofOne = report.links().size() > 1 && line.link() >= 0;
        String link = ofOne ? "link " + line.link() + ": " : "";
        out.println(time(line.atMillis()) + ' ' + line.level() + ' ' + link + line.text());
      }
    }
    List<String> lines = ProgressLines.of(report);
    if (refreshed) {
      show(lines);
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

  /** One line may be as long as it likes, several may not. */
  private void show(List<String> lines) {
    clear();
    shown = lines.size();
    if (shown == 1) {
      out.print(lines.get(0));
      return;
    }
    List<String> cut =
        lines.stream()
            .map(line -> line.substring(0, Math.min(TERMINAL_COLUMNS, line.length())))
            .toList();
    out.print(String.join("\n", cut));
  }

  private void clear() {
    if (!refreshed) {
      return;
    }
    out.print(CLEAR_LINE);
    for (; shown > 1; shown--) {
      out.print(ONE_UP + CLEAR_LINE);
    }
  }

  private static String time(long millis) {
    return TIME.format(LocalTime.ofInstant(Instant.ofEpochMilli(millis), ZoneId.systemDefault()));
  }
}
