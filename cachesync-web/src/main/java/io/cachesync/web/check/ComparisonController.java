package io.cachesync.web.check;

import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * A check beside an earlier one of the same ends: what is new, what is gone, what still differs.
 */
@Controller
class ComparisonController {
  private final CheckService checks;
  private final CheckViews views;
  private final KeyViews keys;
  private final MessageSource messages;

  ComparisonController(
      CheckService checks, CheckViews views, KeyViews keys, MessageSource messages) {
    this.checks = checks;
    this.views = views;
    this.keys = keys;
    this.messages = messages;
  }

  @GetMapping("/checks/{id}/compare")
  String compare(
      @PathVariable long id,
      @RequestParam long with,
      @RequestParam(defaultValue = "NEW") Comparison.Change change,
      PageRequest request,
      Model model,
      Locale locale) {
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
    model.addAttribute("later", views.of(later, locale));
    model.addAttribute("earlier", views.of(earlier, locale));
    model.addAttribute("change", change.name());
    model.addAttribute("counts", counts);
    model.addAttribute("remarks", remarks(later, earlier, locale));
    model.addAttribute("values", keys.showValues());
    model.addAttribute(
        "page", checks.compared(comparison, request).map(rows -> keys.of(rows, locale)));
    return "check/compare";
  }

  /** Why the figures may say less than they seem to. */
  private List<String> remarks(Check later, Check earlier, Locale locale) {
    List<String> remarks = new ArrayList<>();
    if (!later.specJson().equals(earlier.specJson())) {
      remarks.add(messages.getMessage("check.compare.otherwise", null, locale));
    }
    if (isCut(later) || isCut(earlier)) {
      remarks.add(messages.getMessage("check.compare.cut", null, locale));
    }
    return remarks;
  }

  private static boolean isCut(Check check) {
    return check.listed() < 0 || check.listed() >= CheckReconciler.MOST_LISTED;
  }
}
