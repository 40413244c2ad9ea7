package io.cachesync.agent.cli;

import io.cachesync.agent.job.ReportSink;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.LogLine;
import io.cachesync.contract.Phase;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Shows a job's reports to a person: drawn over on a terminal, further lines elsewhere. */
final class ProgressPrinter implements ReportSink {
  private static final long PLAIN_INTERVAL_MILLIS = 5000;
  private static final long MOST_INTERVAL_MILLIS = 60_000;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final PrintWriter out;
  private final LiveLines live;
  private final long startMillis;
  private final Set<FaultCode> advised = EnumSet.noneOf(FaultCode.class);
  private long plainAtMillis;
  private long plainInterval = PLAIN_INTERVAL_MILLIS;

  /** Of the last line that was printed. */
  private Phase shown;

  private boolean trying;
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
        String text = Shown.line(line.text());
        out.println(time(line.atMillis()) + ' ' + line.level() + ' ' + link + text);
      }
    }
    adviseOn(report);
    List<String> lines = ProgressLines.of(report, live == null ? 0 : live.columns());
    if (live != null) {
      live.show(lines);
    } else if (!isTrying(report.phase())) {
      printPlainly(report, lines);
    }
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
    EndLines.of(last, took).forEach(out::println);
    out.flush();
  }

  /** Each try is told by its line of the log. */
  private boolean isTrying(Phase next) {
    trying = next == Phase.RETRYING || (trying && next == Phase.CONNECTING);
    return trying;
  }

  /** Ever more rarely while it stays as it is: a stream runs for weeks. */
  private void printPlainly(JobReport report, List<String> lines) {
    Phase told = ProgressLines.phase(report);
    boolean isNew = told != shown;
    if (isNew || report.atMillis() - plainAtMillis >= plainInterval) {
      plainInterval =
          isNew ? PLAIN_INTERVAL_MILLIS : Math.min(2 * plainInterval, MOST_INTERVAL_MILLIS);
      lines.forEach(line -> out.println(time(report.atMillis()) + ' ' + line));
      plainAtMillis = report.atMillis();
      shown = told;
    }
  }

  /** Once for each kind: it is tried again by itself, but may be wrong from the beginning. */
  private void adviseOn(JobReport report) {
    boolean retries = report.phase() == Phase.RETRYING && report.fault() != null;
    if (retries && advised.add(report.fault().code())) {
      String advice = Advice.of(report.fault().code());
      if (!advice.isEmpty()) {
        clear();
        out.println(time(report.atMillis()) + " It is tried again until stopped. " + advice);
      }
    }
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
