package io.cachesync.agent.cli;

import io.cachesync.agent.cli.ProgressBar.Figure;
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
    String took = ProgressLines.plain(Duration.ofMillis(last.atMillis() - last.startedMillis()));
    if (last.phase() == CheckPhase.STOPPED) {
      print("%s after %s%s.", last.phase(), took, stoppedIn(last));
      print("It says nothing of what was not compared. Run the same command to begin anew.");
    } else {
      long compared = last.settled().isEmpty() ? 0 : last.settled().get(0).keysCompared();
      print(
          "%s after %s: %,d keys compared (%s), %s, %,d settling.",
          last.phase(), took, compared, lower(last.mode()), verdict(last), last.settlingKeys());
      tellNothingCompared(last, compared);
    }
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
    if (last.phase() == CheckPhase.DONE && last.differentKeys() > 0) {
      out.println(
          result == null
              ? "To repair them, check again with --result FILE and give that to repair --keys."
              : "To repair them: cachesync-agent repair --keys "
                  + result
                  + ", with the same ends.");
    }
    out.flush();
  }

  /** Equal, but only as there was nothing to be unlike. */
  private void tellNothingCompared(CheckReport last, long compared) {
    long there = last.target().keys() + last.source().keys();
    there += last.moreSources().stream().mapToLong(CheckReport.Side::keys).sum();
    if (compared == 0 && there > 0) {
      print("warning No key was compared: the filter or --sample chooses none of them.");
    }
  }

  private static String line(CheckReport report, int columns) {
    if (report.source().address().isEmpty()) {
      return report.phase().toString(); // It is yet to know its sides.
    }
    List<CheckReport.Side> sources = sources(report);
    String from =
        sources.stream().map(CheckReport.Side::address).collect(Collectors.joining(" + "));
    Figure ends = new Figure(from + " -> " + report.target().address() + "  ", 0, 0);
    String phase = report.phase().toString();
    if (report.round() > 0) {
      phase += (isPausing(report) ? " before round " : " round ") + report.round();
      phase += "/" + report.rounds();
    }
    int percent = isPausing(report) ? -1 : report.percent();
    return ProgressBar.line("", ends, phase, percent, figures(report, sources), columns);
  }

  /** The first round reads all keys, each further one those that were unlike in the one before. */
  private static List<Figure> figures(CheckReport report, List<CheckReport.Side> sources) {
    if (report.round() > 1 && !report.settled().isEmpty()) {
      CheckReport.Round before = report.settled().get(report.settled().size() - 1);
      long again = before.keysDiffering();
      if (isPausing(report)) {
        return List.of(text(3, 0, "  %,d unlike in round %d", again, before.round()));
      }
      long looked = again * Math.max(0, report.percent()) / 100;
      return List.of(
          text(2, 26, "  %,d of %,d keys again", looked, again),
          text(3, 15, "  %,d unlike", report.differentKeys()));
    }
    long scanned = sources.stream().mapToLong(CheckReport.Side::keysScanned).sum();
    long bytes = sources.stream().mapToLong(CheckReport.Side::bytesPerSecond).sum();
    bytes += report.target().bytesPerSecond();
    long millis = Math.max(1, report.atMillis() - report.startedMillis());
    return List.of(
        text(4, 17, "  %,d keys", scanned),
        text(2, 17, "  %,d keys/s", scanned * 1000 / millis),
        text(1, 12, "  %.1f MB/s", bytes / 1e6),
        text(5, 15, "  %,d unlike", report.differentKeys()));
  }

  private static boolean isPausing(CheckReport report) {
    return report.phase() == CheckPhase.PAUSING;
  }

  private static Figure text(int weight, int usual, String format, Object... arguments) {
    return new Figure(String.format(Locale.ROOT, format, arguments), usual, weight);
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
    String field = difference.field().isEmpty() ? "" : " " + Shown.excerpt(difference.field());
    return "db%d %s (%s): %s%s%s%s%s"
        .formatted(
            difference.database(),
            Shown.name(difference.key()),
            difference.type(),
            difference.kind(),
            field,
            place(difference, report),
            difference.source().isEmpty() ? "" : " | source: " + Shown.excerpt(difference.source()),
            difference.target().isEmpty()
                ? ""
                : " | target: " + Shown.excerpt(difference.target()));
  }

  private static String stoppedIn(CheckReport last) {
    if (last.round() == 0) {
      return ", before anything was compared";
    }
    String far =
        last.settled().isEmpty() && last.percent() >= 0
            ? String.format(Locale.ROOT, " at %d%%", last.percent())
            : "";
    return String.format(
        Locale.ROOT,
        " in round %d of %d%s, %,d keys unlike so far",
        last.round(),
        last.rounds(),
        far,
        last.differentKeys());
  }

  private static String verdict(CheckReport last) {
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
