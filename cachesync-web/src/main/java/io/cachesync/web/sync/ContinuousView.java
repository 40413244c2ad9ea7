package io.cachesync.web.sync;

import io.cachesync.contract.ContinuousReport;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.web.task.Figures;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * The continuous check of a task as its page shows it, figures in the reader's language.
 *
 * @param share of the touched keys, or null where all are compared
 * @param lost touched keys that were not compared, or null for none
 * @param fault code of what keeps it from asking a side, or null
 * @param shown the same as long as the listed keys are, and what is said around them
 */
record ContinuousView(
    String compared,
    String open,
    String settling,
    String different,
    boolean differs,
    String share,
    String lost,
    String fault,
    String shown,
    List<Key> keys) {

  static ContinuousView of(ContinuousReport report, Locale locale) {
    Figures figures = new Figures(locale);
    boolean part = report.sharePercent() < 100;
    return new ContinuousView(
        figures.count(report.compared()),
        figures.count(report.open()),
        figures.count(report.settling()),
        figures.count(report.different()),
        report.different() > 0,
        part ? String.format(locale, "%.1f %%", report.sharePercent()) : null,
        report.lost() > 0 ? figures.count(report.lost()) : null,
        report.fault() == null ? null : report.fault().code().name(),
        Integer.toHexString(report.keys().hashCode())
            + (part ? "p" : "")
            + (report.lost() > 0 ? "l" : "")
            + (report.fault() == null ? "" : report.fault().code().name()),
        report.keys().stream().map(key -> Key.of(key, figures)).toList());
  }

  /** A key that differs. */
  record Key(
      String name,
      String database,
      String type,
      List<DifferenceKind> kinds,
      String offset,
      Instant readAt) {

    private static Key of(ContinuousReport.Key key, Figures figures) {
      return new Key(
          key.name(),
          String.valueOf(key.database()),
          key.type(),
          key.kinds(),
          figures.count(key.sourceOffset()),
          Instant.ofEpochMilli(key.atMillis()));
    }
  }
}
