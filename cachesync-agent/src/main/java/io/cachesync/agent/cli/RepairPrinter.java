package io.cachesync.agent.cli;

import io.cachesync.agent.cli.ProgressBar.Figure;
import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairPhase;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairedKey;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Shows a repair to a person: its progress, what it did not do, and the summary. */
final class RepairPrinter {
  private static final int SHOWN = 20;
  private static final Figure NO_ENDS = new Figure("", 0, 0);

  private final PrintWriter out;
  private final boolean isOn;
  private final LiveLines live;
  private final List<String> some = new ArrayList<>();
  private long told;
  private RepairPhase phase;

  /**
   * @param isOn whether progress is shown at all; the summary always is
   * @param live drawn over on a terminal, or null
   */
  RepairPrinter(PrintWriter out, boolean isOn, LiveLines live) {
    this.out = out;
    this.isOn = isOn;
    this.live = live;
  }

  synchronized void accept(RepairedKey key) {
    String types =
        key.sourceType().isEmpty()
            ? ""
            : " (source: %s, target: %s)".formatted(key.sourceType(), key.targetType());
    if (!key.error().isEmpty() || !types.isEmpty()) {
      show(
          "db%d %s%s: %s%s"
              .formatted(
                  key.database(),
                  Shown.name(key.key()),
                  types,
                  key.course(),
                  key.error().isEmpty() ? "" : ", " + Shown.line(key.error())));
    }
  }

  synchronized void accept(CheckDifference difference) {
    show(
        "db%d %s (%s): %s still"
            .formatted(
                difference.database(),
                Shown.name(difference.key()),
                difference.type(),
                difference.kind()));
  }

  private void show(String line) {
    told++;
    if (some.size() < SHOWN) {
      some.add(line);
    }
  }

  void accept(RepairReport report) {
    boolean isTold = report.phase() == RepairPhase.FAILED && report.keys() == 0;
    if (!isOn || isTold || (live == null && report.phase() == phase)) {
      return;
    }
    phase = report.phase();
    String rest = String.format(Locale.ROOT, "  %,d of %,d keys", report.done(), report.keys());
    if (live != null) {
      int percent = report.keys() == 0 ? -1 : (int) (report.done() * 100 / report.keys());
      List<Figure> figures = List.of(new Figure(rest, 26, 1));
      live.show(
          List.of(
              ProgressBar.line("", NO_ENDS, phase.toString(), percent, figures, live.columns())));
    } else {
      out.println(phase + rest);
    }
    out.flush();
  }

  /** Prints what was done, or with a dry run would be. */
  synchronized void summary(RepairReport last, boolean dryRun, Path undo) {
    if (isOn && live != null) {
      live.clear();
    }
    some.forEach(out::println);
    if (told > some.size()) {
      out.println("… " + (told - some.size()) + " more: --result FILE writes all.");
    }
    if (last.phase() != RepairPhase.FAILED || last.done() > 0) {
      out.println(
          String.format(
              Locale.ROOT,
              "%s: %,d of %,d keys%s.",
              dryRun ? "Plan, nothing was written" : last.phase(),
              last.done(),
              last.keys(),
              last.courses().isEmpty() ? "" : ": " + counts(last.courses())));
    }
    if (!dryRun && Files.exists(undo)) {
      out.println("What the target had is in " + undo + ".");
    }
    if (last.check() != null && last.check().phase() == CheckPhase.DONE) {
      out.println(
          String.format(
              Locale.ROOT,
              "Compared afterwards: %,d differ, %,d settling.",
              last.check().differentKeys(),
              last.check().settlingKeys()));
    }
    out.flush();
  }

  private static String counts(Map<RepairCourse, Long> courses) {
    return new TreeMap<>(courses)
        .entrySet().stream()
            .map(each -> String.format(Locale.ROOT, "%s %,d", each.getKey(), each.getValue()))
            .collect(Collectors.joining(", "));
  }
}
