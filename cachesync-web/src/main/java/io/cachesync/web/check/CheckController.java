package io.cachesync.web.check;

import io.cachesync.contract.DifferenceKind;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import io.cachesync.web.system.Flash;
import io.cachesync.web.system.NavItem;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Checks: the list, the form, and the page of each. */
@Controller
class CheckController {
  private final CheckService checks;
  private final CheckViews views;
  private final KeyViews keys;
  private final RepairViews repairs;
  private final CheckForms forms;
  private final ScheduleService schedules;
  private final EndpointService endpoints;

  CheckController(
      CheckService checks,
      CheckViews views,
      KeyViews keys,
      RepairViews repairs,
      CheckForms forms,
      ScheduleService schedules,
      EndpointService endpoints) {
    this.checks = checks;
    this.views = views;
    this.keys = keys;
    this.repairs = repairs;
    this.forms = forms;
    this.schedules = schedules;
    this.endpoints = endpoints;
  }

  @Bean
  static NavItem checkNavItem() {
    return NavItem.forViewers(30, "/checks", "check.title", "check");
  }

  @GetMapping("/checks")
  String list(
      @RequestParam(required = false) String text,
      @RequestParam(required = false) String outcome,
      @RequestParam(required = false) Long task,
      @RequestParam(required = false) Long endpoint,
      PageRequest request,
      Model model,
      Locale locale) {
    CheckFilter filter = new CheckFilter(text, outcome, task, endpoint);
    model.addAttribute("filter", filter);
    model.addAttribute("outcomes", CheckFilter.OUTCOMES);
    model.addAttribute("endpoints", endpoints.all());
    model.addAttribute(
        "page",
        Page.orLast(request, asked -> checks.search(filter, asked))
            .map(check -> views.of(check, locale)));
    return "check/list";
  }

  @ForRole(Role.OPERATOR)
  @GetMapping("/checks/new")
  String begin(
      @RequestParam(required = false) Long task,
      @RequestParam(required = false) Long again,
      Model model,
      Locale locale) {
    CheckForm form = forms.begun(task, again);
    model.addAttribute("form", form);
    return forms.page(form, model, locale);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/checks/new")
  String start(
      @ModelAttribute("form") CheckForm form, BindingResult errors, Model model, Locale locale) {
    if (forms.isSound(form, errors)) {
      try {
        return form.schedule().comesAgain()
            ? "redirect:/checks/schedules/" + schedules.add(form.ask(), form.schedule()).id()
            : "redirect:/checks/" + checks.start(form.ask()).id();
      } catch (Refusal refusal) {
        refusal.putInto(errors);
      }
    }
    return forms.page(form, model, locale);
  }

  @GetMapping("/checks/{id}")
  String show(
      @PathVariable long id,
      @RequestParam(required = false) String text,
      @RequestParam(required = false) DifferenceKind kind,
      @RequestParam(required = false) String type,
      @RequestParam(required = false) Integer database,
      PageRequest request,
      Model model,
      Locale locale) {
    Check check = checks.get(id);
    DifferenceFilter filter = new DifferenceFilter(text, kind, type, database);
    model.addAttribute("check", views.of(check, locale));
    model.addAttribute("spec", checks.spec(check));
    model.addAttribute("log", checks.log(id));
    model.addAttribute("schedule", schedules.ofCheck(id).orElse(null));
    model.addAttribute("limits", CheckForm.of(checks.asked(check)));
    model.addAttribute("filter", filter);
    model.addAttribute("values", keys.showValues());
    model.addAttribute("repair", repairs.of(check, locale));
    model.addAttribute("repairable", keys.showValues() && repairs.isPossible(check));
    model.addAttribute(
        "earlier",
        check.state() == CheckState.DONE
            ? checks.ofSameEnds(check).stream().map(each -> views.of(each, locale)).toList()
            : List.of());
    CheckService.Narrowings narrowings = checks.narrowings(id);
    model.addAttribute("narrowings", narrowings);
    model.addAttribute("kinds", kinds(narrowings, locale));
    List<String> sources = keys.sources(check);
    model.addAttribute(
        "page",
        Page.orLast(request, asked -> checks.keys(id, filter, asked))
            .map(rows -> keys.of(sources, rows, locale)));
    return "check/show";
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/checks/{id}/stop")
  String stop(@PathVariable long id, RedirectAttributes redirect) {
    try {
      checks.stop(id);
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal));
    }
    return "redirect:/checks/" + id;
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/checks/{id}/limits")
  String limit(
      @PathVariable long id,
      @RequestParam(defaultValue = "") String megabytesPerSecond,
      @RequestParam(defaultValue = "") String commandsPerSecond,
      RedirectAttributes redirect) {
    String megabytes = megabytesPerSecond.strip();
    String commands = commandsPerSecond.strip();
    List<Problem> problems = CheckForm.limitProblems(megabytes, commands);
    if (!problems.isEmpty()) {
      Problem first = problems.get(0);
      redirect.addFlashAttribute("flash", Flash.bad(first.key(), first.arguments().toArray()));
      return "redirect:/checks/" + id;
    }
    try {
      checks.limit(id, CheckForm.limits(megabytes, commands));
      redirect.addFlashAttribute("flash", Flash.good("check.flash.limits"));
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal));
    }
    return "redirect:/checks/" + id;
  }

  /** The same once more, at once. */
  @ForRole(Role.OPERATOR)
  @PostMapping("/checks/{id}/repeat")
  String repeat(@PathVariable long id, RedirectAttributes redirect) {
    try {
      return "redirect:/checks/" + checks.repeat(id).id();
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal));
      return "redirect:/checks/" + id;
    }
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/checks/{id}/delete")
  String delete(@PathVariable long id, RedirectAttributes redirect) {
    String name = checks.get(id).name();
    try {
      checks.delete(id);
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal));
      return "redirect:/checks/" + id;
    }
    redirect.addFlashAttribute("flash", Flash.good("check.flash.deleted", name));
    return "redirect:/checks";
  }

  private Map<String, String> kinds(CheckService.Narrowings narrowings, Locale locale) {
    Map<String, String> kinds = new LinkedHashMap<>();
    for (DifferenceMapper.Count each : narrowings.kinds()) {
      kinds.put(each.name(), views.kind(DifferenceKind.valueOf(each.name()), locale));
    }
    return kinds;
  }
}
