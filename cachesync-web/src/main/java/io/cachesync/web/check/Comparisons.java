package io.cachesync.web.check;

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
    if (!later.specJson().equals(earlier.specJson())) {
      remarks.add(messages.getMessage("check.compare.otherwise", null, locale));
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
