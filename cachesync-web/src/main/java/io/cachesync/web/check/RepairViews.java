package io.cachesync.web.check;

import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairReason;
import io.cachesync.contract.RepairReport;
import io.cachesync.contract.RepairedKey;
import io.cachesync.web.task.Figures;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Component;

/** Says in the reader's language what a repair does. */
@Component
class RepairViews {
  private final RepairService repairs;
  private final MessageSource messages;

  RepairViews(RepairService repairs, MessageSource messages) {
    this.repairs = repairs;
    this.messages = messages;
  }

  /** Whether what a check has found can be repaired. */
  boolean isPossible(Check check) {
    return repairs.isRepairable(check);
  }

  /** Null where a check repairs nothing. */
  RepairView of(Check check, Locale locale) {
    Repair repair = repairs.of(check.id()).orElse(null);
    if (repair == null) {
      return null;
    }
    RepairReport report = repairs.report(repair);
    long written =
        report == null ? 0 : report.keys(RepairCourse.WRITE) + report.keys(RepairCourse.DELETE);
    String phase = report == null ? "CONNECTING" : report.phase().name();
    Figures figures = new Figures(locale);
    return new RepairView(
        repair,
        text(
            locale,
            "check.repair.phase." + phase,
            figures.count(report == null ? 0 : report.done()),
            figures.count(repair.chosenKeys())),
        report == null ? List.of() : courses(report.courses(), locale),
        left(repairs.left(repair), locale),
        written > 0 || mayHaveWritten(check, report));
  }

  /** What an agent that has died did is in no report of the one behind it. */
  private static boolean mayHaveWritten(Check check, RepairReport report) {
    boolean told = report != null && report.phase().ended() && check.restarts() == 0;
    return check.startedAt() != null && !told;
  }

  List<RepairView.CourseView> courses(Map<RepairCourse, Long> counts, Locale locale) {
    Figures figures = new Figures(locale);
    return counts.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            each ->
                new RepairView.CourseView(
                    each.getKey().name(),
                    label(each.getKey(), locale),
                    figures.count(each.getValue())))
        .toList();
  }

  List<RepairView.LeftView> left(List<RepairedKey> keys, Locale locale) {
    return keys.stream().map(key -> left(key, locale)).toList();
  }

  /** Agents of before they told reasons, and those of later versions, are quoted. */
  private RepairView.LeftView left(RepairedKey key, Locale locale) {
    boolean known = key.reason() != null && key.reason() != RepairReason.UNKNOWN;
    return new RepairView.LeftView(
        key,
        NamedKey.shown(key.key()),
        label(key.course(), locale),
        known ? text(locale, "check.repair.reason." + key.reason(), key.detail()) : "",
        known ? "" : key.error());
  }

  private String label(RepairCourse course, Locale locale) {
    return text(locale, "check.repair.course." + course);
  }

  private String text(Locale locale, String key, Object... arguments) {
    return messages.getMessage(key, arguments, locale);
  }
}
