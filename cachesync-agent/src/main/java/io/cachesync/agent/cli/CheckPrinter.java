package io.cachesync.agent.cli;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Shows a check to a person: its progress, some of what differs, and the summary. */
final class CheckPrinter {
  private static final long PLAIN_INTERVAL_MILLIS = 5000;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  /** Differences that are printed; the file has all. */
  private static final int SHOWN = 20;

  private final PrintWriter out;
  private final boolean isOn;
  private final LiveLines live;
  private final List<CheckDifference> some = new ArrayList<>();
  private long told;
  private long plainAtMillis;
  private CheckPhase phase;

  /**
   * @param isOn whether progress is shown at all; the summary always is
   * @param live drawn over on a terminal, or null
   */
  CheckPrinter(PrintWriter out, boolean isOn, LiveLines live) {
    this.out = out;
    this.isOn = isOn;
    this.live = live;
  }

  synchronized void accept(CheckDifference difference) {
    told++;
    if (some.size() < SHOWN) {
      some.add(difference);
    }
  }

  void accept(CheckReport report) {
    // One that failed before it knew its sides is told by its fault.
    if (!isOn || (report.phase() == CheckPhase.FAILED && report.round() == 0)) {
      return;
    }
    if (live != null) {
      live.show(List.of(line(report, live.columns())));
    } else if (report.phase() != phase
        || report.atMillis() - plainAtMillis >= PLAIN_INTERVAL_MILLIS) {
      out.println(TIME.format(LocalTime.now()) + ' ' + line(report, 0));
      plainAtMillis = report.atMillis();
    }
    phase = report.phase();
    out.flush();
  }

  /**
   * Prints what the check found.
   *
   * @param result the file with all differences, or null
   */
  synchronized void summary(CheckReport last, Path result) {
    if (isOn && live != null) {
      live.clear();
    }
    if (last.phase() == CheckPhase.FAILED) {
      out.flush();
      return;
    }
    some.forEach(difference -> out.println(line(difference, last)));
    if (told > some.size()) {
      String where = result == null ? "--result FILE writes all" : "all are in " + result;
      print("… %,d more: %s.", told - some.size(), where);
    }
    long compared = last.settled().isEmpty() ? 0 : last.settled().get(0).keysCompared();
    String took = ProgressLines.plain(Duration.ofMillis(last.atMillis() - last.startedMillis()));
    print(
        "%s after %s: %,d keys compared (%s), %s, %,d settling.",
        last.phase(), took, compared, lower(last.mode()), verdict(last), last.settlingKeys());
    if (!last.differencesByKind().isEmpty()) {
      print("  kinds    %s", counts(last.differencesByKind()));
      print("  types    %s", counts(last.differencesByType()));
    }
    for (CheckReport.Round round : last.settled()) {
      print(
          "  round %d  %,d keys in %.1f s, %,d unlike%s",
          round.round(),
          round.keysCompared(),
          round.millis() / 1000.0,
          round.keysDiffering(),
          round.byKind().isEmpty() ? "" : ": " + counts(round.byKind()));
    }
    print("  source   %s", side(last.source()));
    for (CheckReport.Side source : last.moreSources()) {
      print("  source   %s", side(source));
    }
    print("  target   %s", side(last.target()));
    out.flush();
  }

  private static String line(CheckReport report, int columns) {
    if (report.source().address().isEmpty()) {
      return report.phase().toString(); // It is yet to know its sides.
    }
    List<CheckReport.Side> sources = sources(report);
    String from =
        sources.stream().map(CheckReport.Side::address).collect(Collectors.joining(" + "));
    String ends = from + " -> " + report.target().address() + "  ";
    String phase = report.phase().toString();
    if (report.round() > 0) {
      phase += " round " + report.round() + '/' + report.rounds();
    }
    long scanned = sources.stream().mapToLong(CheckReport.Side::keysScanned).sum();
    long bytes = sources.stream().mapToLong(CheckReport.Side::bytesPerSecond).sum();
    bytes += report.target().bytesPerSecond();
    long millis = Math.max(1, report.atMillis() - report.startedMillis());
    String rest =
        String.format(
            Locale.ROOT,
            "  %,d keys  %,d keys/s  %.1f MB/s  %,d unlike",
            scanned,
            scanned * 1000 / millis,
            bytes / 1e6,
            report.differentKeys());
    return ProgressBar.line(ends, phase, report.percent(), rest, columns);
  }

  private static List<CheckReport.Side> sources(CheckReport report) {
    List<CheckReport.Side> all = new ArrayList<>();
    all.add(report.source());
    all.addAll(report.moreSources());
    return all;
  }

  /** Of several sources, which it was compared with. */
  private static String place(CheckDifference difference, CheckReport report) {
    if (report.moreSources().isEmpty()) {
      return "";
    }
    int number = difference.sourceNumber();
    return number == CheckDifference.NO_SOURCE
        ? " | in no source"
        : " | of " + sources(report).get(number).address();
  }

  private static String line(CheckDifference difference, CheckReport report) {
    String field = difference.field().isEmpty() ? "" : " " + difference.field();
    return "db%d %s (%s): %s%s%s%s%s"
        .formatted(
            difference.database(),
            difference.key(),
            difference.type(),
            difference.kind(),
            field,
            place(difference, report),
            difference.source().isEmpty() ? "" : " | source: " + difference.source(),
            difference.target().isEmpty() ? "" : " | target: " + difference.target());
  }

  private static String verdict(CheckReport last) {
    if (last.phase() != CheckPhase.DONE) {
      return "not finished";
    }
    return last.differentKeys() == 0
        ? "none differs"
        : String.format(Locale.ROOT, "%,d differ", last.differentKeys());
  }

  private static String side(CheckReport.Side side) {
    return String.format(
        Locale.ROOT,
        "%s, version %s, %,d keys; %,d commands, %.1f MB read",
        side.address(),
        side.version(),
        side.keys(),
        side.commands(),
        side.bytes() / 1e6);
  }

  private static String counts(Map<?, Long> counts) {
    Map<String, Long> sorted = new TreeMap<>();
    counts.forEach((name, count) -> sorted.put(name.toString(), count));
    return sorted.entrySet().stream()
        .map(entry -> String.format(Locale.ROOT, "%s %,d", entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String lower(Object constant) {
    return constant.toString().toLowerCase(Locale.ROOT);
  }

  private void print(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
  }
}
