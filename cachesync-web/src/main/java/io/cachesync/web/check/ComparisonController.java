package io.cachesync.web.check;

import io.cachesync.web.system.PageRequest;
import java.util.Locale;
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
  private final Comparisons comparisons;
  private final CheckViews views;
  private final KeyViews keys;

  ComparisonController(Comparisons comparisons, CheckViews views, KeyViews keys) {
    this.comparisons = comparisons;
    this.views = views;
    this.keys = keys;
  }

  @GetMapping("/checks/{id}/compare")
  String compare(
      @PathVariable long id,
      @RequestParam long with,
      @RequestParam(defaultValue = "NEW") Comparison.Change change,
      PageRequest request,
      Model model,
      Locale locale) {
    Comparisons.Compared both = comparisons.of(id, with, change, request, locale);
    if (both.page().isEmpty() && both.page().total() > 0) {
      PageRequest last = request.at(both.page().pages());
      both = comparisons.of(id, with, change, last, locale);
    }
    model.addAttribute("later", views.of(both.later(), locale));
    model.addAttribute("earlier", views.of(both.earlier(), locale));
    model.addAttribute("change", change.name());
    model.addAttribute("counts", both.counts());
    model.addAttribute("remarks", both.remarks());
    model.addAttribute("values", keys.showValues());
    model.addAttribute("page", both.page());
    return "check/compare";
  }
}
