package io.cachesync.web.check;

import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.web.task.Figures;
import io.cachesync.web.task.TaskViews;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Component;

/** Says in the reader's language where checks stand and what came out. */
@Component
class CheckViews {
  private final CheckService checks;
  private final TaskViews tasks;
  private final MessageSource messages;

  CheckViews(CheckService checks, TaskViews tasks, MessageSource messages) {
    this.checks = checks;
    this.tasks = tasks;
    this.messages = messages;
  }

  CheckView of(Check check, Locale locale) {
    CheckReport report = checks.report(check);
    CheckSpec spec = checks.spec(check);
    RepairMapper.Scope repaired = checks.repaired(check).orElse(null);
    Figures figures = new Figures(locale);
    int percent = report == null || check.state().ended() ? -1 : report.percent();
    return new CheckView(
        check,
        label(check, repaired != null, locale),
        tone(check),
        icon(check),
        equal(check, repaired != null),
        verdict(check, repaired != null, report, locale),
        remarks(check, spec, repaired, report, locale),
        percent,
        figures.percent(percent),
        percent >= 0 && report.settled().isEmpty()
            ? figures.percent(percent)
            : figures.count(check.comparedKeys()),
        figures.count(check.differentKeys()),
        figures.count(check.settlingKeys()),
        took(check, figures),
        repaired != null,
        text(locale, "check.mode." + spec.mode()),
        spec.samplePercent() < 100
            ? text(locale, "check.compare.sample", spec.samplePercent())
            : "",
        check.faultCode() == null
            ? null
            : tasks.fault(Fault.fatal(check.faultCode(), check.faultMessage()), locale),
        report == null ? List.of() : rounds(report, figures, locale),
        report == null ? List.of() : kinds(report.differencesByKind(), figures, locale),
        report == null ? List.of() : types(report.differencesByType(), figures),
        report == null ? null : side(report.source(), figures),
        report == null
            ? List.of()
            : report.moreSources().stream().map(each -> side(each, figures)).toList(),
        sum(report, CheckReport.Side::keys, figures),
        sum(report, CheckReport.Side::keysScanned, figures),
        report == null ? null : side(report.target(), figures));
  }

  private static String sum(
      CheckReport report, ToLongFunction<CheckReport.Side> of, Figures figures) {
    return report == null || report.source() == null
        ? Figures.UNKNOWN
        : figures.count(
            of.applyAsLong(report.source()) + report.moreSources().stream().mapToLong(of).sum());
  }

  /** What its sources are called, where they are several. */
  List<String> sources(Check check) {
    CheckReport report = check.ofAllSources() ? checks.report(check) : null;
    if (report == null) {
      return List.of();
    }
    List<String> addresses = new ArrayList<>();
    addresses.add(report.source().address());
    report.moreSources().forEach(each -> addresses.add(each.address()));
    return addresses;
  }

  /** The source of a key that is unlike, empty where there is only one. */
  String source(List<String> sources, int number, Locale locale) {
    if (sources.isEmpty()) {
      return "";
    }
    return number >= 0 && number < sources.size()
        ? sources.get(number)
        : text(locale, "check.noSource");
  }

  String kind(DifferenceKind kind, Locale locale) {
    return text(locale, "check.kind." + kind);
  }

  /** What came out, in one sentence. */
  private String verdict(Check check, boolean repaired, CheckReport report, Locale locale) {
    return switch (check.state()) {
      case QUEUED -> queued(check, locale);
      case RUNNING -> running(report, locale);
      case DONE -> outcome(check, repaired, locale);
      default -> text(locale, "check.verdict." + check.state());
    };
  }

  String tone(Check check) {
    return switch (check.state()) {
      case QUEUED, STOPPED -> "";
      case RUNNING, STOPPING, COLLECTING -> "busy";
      case RECOVERING -> "warn";
      case DONE -> check.differentKeys() > 0 ? "bad" : check.settlingKeys() > 0 ? "warn" : "good";
      case FAILED -> "bad";
    };
  }

  String icon(Check check) {
    return switch (check.state()) {
      case QUEUED -> "clock";
      case RUNNING, STOPPING, COLLECTING -> "spinner";
      case RECOVERING -> "warning";
      case DONE -> check.differentKeys() > 0 ? "warning" : "ok";
      case STOPPED -> "stop";
      case FAILED -> "error";
    };
  }

  /** That the keys of a repair are equal says nothing of the others. */
  private static Boolean equal(Check check, boolean repaired) {
    if (check.state() != CheckState.DONE || (repaired && check.differentKeys() == 0)) {
      return null;
    }
    return check.differentKeys() == 0;
  }

  private String label(Check check, boolean repaired, Locale locale) {
    if (check.state() != CheckState.DONE) {
      return text(locale, "check.state." + check.state());
    }
    return check.differentKeys() > 0
        ? text(locale, "check.state.different", check.differentKeys())
        : text(locale, repaired ? "check.state.repaired" : "check.state.equal");
  }

  private String outcome(Check check, boolean repaired, Locale locale) {
    if (check.comparedKeys() == 0 && check.differentKeys() == 0) {
      return text(locale, "check.verdict.nothing");
    }
    String what = check.differentKeys() > 0 ? "different" : repaired ? "repaired" : "equal";
    return text(
        locale,
        "check.verdict." + what + (check.settlingKeys() > 0 ? ".settling" : ""),
        check.comparedKeys(),
        check.settlingKeys(),
        check.differentKeys());
  }

  /** It waits for its machine, unless that was reached and no agent came up there. */
  private String queued(Check check, Locale locale) {
    boolean tried = check.faultCode() == FaultCode.AGENT_NOT_STARTED;
    return text(locale, tried ? "check.verdict.notStarted" : "check.verdict.QUEUED");
  }

  private String running(CheckReport report, Locale locale) {
    if (report == null) {
      return text(locale, "check.verdict.CONNECTING");
    }
    return switch (report.phase()) {
      case COMPARING, PAUSING ->
          text(locale, "check.verdict." + report.phase(), report.round(), report.rounds());
      default -> text(locale, "check.verdict.CONNECTING");
    };
  }

  private List<String> remarks(
      Check check, CheckSpec spec, RepairMapper.Scope repaired, CheckReport report, Locale locale) {
    List<String> remarks = new ArrayList<>();
    if (repaired != null) {
      remarks.add(
          repaired.ofCheckId() == null
              ? text(locale, "check.remark.repaired.lost", repaired.chosenKeys())
              : text(
                  locale,
                  "check.remark.repaired",
                  repaired.chosenKeys(),
                  String.valueOf(repaired.ofCheckId())));
    }
    if (spec.program() != null) {
      remarks.add(text(locale, "check.remark.fullCheck"));
    }
    if (spec.samplePercent() < 100) {
      remarks.add(text(locale, "check.remark.sample", spec.samplePercent()));
    }
    if (spec.mode() != CheckMode.FULL) {
      remarks.add(text(locale, "check.remark." + spec.mode(), spec.bigKeyElements()));
    }
    if (!spec.bothDirections()) {
      remarks.add(text(locale, "check.remark.oneDirection"));
    }
    if (check.settlingKeys() > 0 && check.state() == CheckState.DONE) {
      remarks.add(text(locale, "check.remark.settling"));
    }
    if (check.restarts() > 0) {
      int resumes = report == null ? 0 : report.resumes();
      remarks.add(text(locale, "check.remark.restarts", check.restarts(), resumes));
    }
    if (check.state().ended() && check.startedAt() != null && check.listed() < 0) {
      remarks.add(text(locale, "check.remark.notListed"));
    } else if (check.listed() >= CheckReconciler.MOST_LISTED) {
      remarks.add(text(locale, "check.remark.cut", CheckReconciler.MOST_LISTED));
    }
    return remarks;
  }

  private static String took(Check check, Figures figures) {
    return check.startedAt() == null || check.endedAt() == null
        ? Figures.UNKNOWN
        : figures.duration(Duration.between(check.startedAt(), check.endedAt()).toMillis());
  }

  private List<CheckView.RoundView> rounds(CheckReport report, Figures figures, Locale locale) {
    long most =
        report.settled().stream().mapToLong(CheckReport.Round::keysDiffering).max().orElse(0);
    return report.settled().stream()
        .map(
            round ->
                new CheckView.RoundView(
                    round.round(),
                    figures.lag(round.millis()),
                    figures.count(round.keysCompared()),
                    figures.count(round.keysDiffering()),
                    most == 0 ? 0 : (round.keysDiffering() * 100 + most - 1) / most,
                    kinds(round.byKind(), figures, locale).stream()
                        .map(kind -> kind.label() + " " + kind.count())
                        .collect(Collectors.joining(", "))))
        .toList();
  }

  private List<CheckView.CountView> kinds(
      Map<DifferenceKind, Long> counts, Figures figures, Locale locale) {
    return counts.entrySet().stream()
        .sorted(Map.Entry.<DifferenceKind, Long>comparingByValue().reversed())
        .map(
            each ->
                new CheckView.CountView(
                    each.getKey().name(),
                    kind(each.getKey(), locale),
                    figures.count(each.getValue())))
        .toList();
  }

  private static List<CheckView.CountView> types(Map<String, Long> counts, Figures figures) {
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
        .map(
            each ->
                new CheckView.CountView(
                    each.getKey(), each.getKey(), figures.count(each.getValue())))
        .toList();
  }

  private static CheckView.SideView side(CheckReport.Side side, Figures figures) {
    return side == null
        ? null
        : new CheckView.SideView(
            side.address(),
            side.version(),
            figures.count(side.keys()),
            figures.count(side.keysScanned()),
            figures.perSecond(side.commandsPerSecond()),
            figures.bytesPerSecond(side.bytesPerSecond()),
            figures.bytes(side.bytes()));
  }

  private String text(Locale locale, String key, Object... arguments) {
    return messages.getMessage(key, arguments, locale);
  }
}
