package io.cachesync.web.check;

import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckSpec;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Component;

/** Sets two checks of the same ends beside each other, for pages and for programs. */
@Component
class Comparisons {
  private final CheckService checks;
  private final KeyViews keys;
  private final MessageSource messages;

  Comparisons(CheckService checks, KeyViews keys, MessageSource messages) {
    this.checks = checks;
    this.keys = keys;
    this.messages = messages;
  }

  Compared of(long id, long with, Comparison.Change change, PageRequest request, Locale locale) {
    Check check = checks.get(id);
    Check other = checks.get(with);
    if (!check.endsHash().equals(other.endsHash()) || id == with) {
      throw Refusal.conflict("check.refused.compare");
    }
    Check later = id > with ? check : other;
    Check earlier = id > with ? other : check;
    Comparison comparison = new Comparison(later.id(), earlier.id(), change);
    Map<Comparison.Change, Long> counts = new EnumMap<>(Comparison.Change.class);
    for (Comparison.Change each : Comparison.Change.values()) {
      counts.put(each, checks.compared(comparison.of(each)));
    }
    List<String> sources = keys.sources(later);
    return new Compared(
        later,
        earlier,
        counts,
        remarks(later, earlier, locale),
        checks.compared(comparison, request).map(rows -> keys.of(sources, rows, locale)));
  }

  /** Why the figures may say less than they seem to. */
  private List<String> remarks(Check later, Check earlier, Locale locale) {
    List<String> remarks = new ArrayList<>();
    List<String> unlike =
        unlike(checks.spec(later), checks.spec(earlier)).stream()
            .map(each -> messages.getMessage("check.compare.by." + each, null, locale))
            .toList();
    if (!unlike.isEmpty()) {
      Object[] told = {String.join(", ", unlike)};
      remarks.add(messages.getMessage("check.compare.otherwise", told, locale));
    }
    for (Check each : List.of(later, earlier)) {
      if (checks.repaired(each).isPresent()) {
        Object[] id = {String.valueOf(each.id())};
        remarks.add(messages.getMessage("check.compare.repaired", id, locale));
      }
    }
    if (isCut(later) || isCut(earlier)) {
      remarks.add(messages.getMessage("check.compare.cut", null, locale));
    }
    return remarks;
  }

  /**
   * By what one of two checks may find a difference that the other one does not look for. Rounds,
   * pause, parallelism and limits are none of it: they say how long it takes, and how much of what
   * is being written settles.
   */
  private static List<String> unlike(CheckSpec one, CheckSpec other) {
    List<String> unlike = new ArrayList<>();
    boolean smart = one.mode() == CheckMode.SMART && other.mode() == CheckMode.SMART;
    if (one.mode() != other.mode() || (smart && one.bigKeyElements() != other.bigKeyElements())) {
      unlike.add("mode");
    }
    if (one.samplePercent() != other.samplePercent()) {
      unlike.add("sample");
    }
    if (!one.bothDirections().equals(other.bothDirections())) {
      unlike.add("direction");
    }
    if (!one.filter().equals(other.filter())) {
      unlike.add("filter");
    }
    if (one.ttlToleranceMillis() != other.ttlToleranceMillis()) {
      unlike.add("tolerance");
    }
    if ((one.program() == null) != (other.program() == null)) {
      unlike.add("program");
    }
    return unlike;
  }

  private static boolean isCut(Check check) {
    return check.listed() < 0 || check.listed() >= CheckReconciler.MOST_LISTED;
  }

  /**
   * Two checks, how many keys are new, gone and still different, and a page of those asked for.
   *
   * @param remarks why the figures may say less than they seem to
   */
  record Compared(
      Check later,
      Check earlier,
      Map<Comparison.Change, Long> counts,
      List<String> remarks,
      Page<KeyView> page) {}
}
