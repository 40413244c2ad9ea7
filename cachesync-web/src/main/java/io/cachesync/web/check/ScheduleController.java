package io.cachesync.web.check;

import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import io.cachesync.web.system.Flash;
import io.cachesync.web.system.Refusal;
import java.util.Locale;
import java.util.function.LongConsumer;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Scheduled checks: the list, the page of each and its form. */
@Controller
class ScheduleController {
  private final ScheduleService schedules;
  private final ScheduleViews views;
  private final CheckForms forms;

  ScheduleController(ScheduleService schedules, ScheduleViews views, CheckForms forms) {
    this.schedules = schedules;
    this.views = views;
    this.forms = forms;
  }

  @GetMapping("/checks/schedules")
  String list(@RequestParam(required = false) Long task, Model model, Locale locale) {
    model.addAttribute(
        "schedules",
        schedules.all(task).stream().map(schedule -> views.of(schedule, locale)).toList());
    return "check/schedules";
  }

  @GetMapping("/checks/schedules/{id}")
  String show(@PathVariable long id, Model model, Locale locale) {
    model.addAttribute("schedule", views.of(schedules.get(id), locale));
    model.addAttribute(
        "runs", schedules.runs(id).stream().map(run -> views.run(run, locale)).toList());
    return "check/schedule";
  }

  @ForRole(Role.OPERATOR)
  @GetMapping("/checks/schedules/{id}/edit")
  String edit(@PathVariable long id, Model model, Locale locale) {
    CheckSchedule schedule = schedules.get(id);
    CheckForm form = CheckForm.of(schedules.asked(schedule)).at(ScheduleForm.of(schedule));
    model.addAttribute("form", form);
    return form(form, schedule, model, locale);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/checks/schedules/{id}/edit")
  String edit(
      @PathVariable long id,
      @ModelAttribute("form") CheckForm form,
      BindingResult errors,
      Model model,
      Locale locale,
      RedirectAttributes redirect) {
    if (!form.schedule().comesAgain()) {
      errors.rejectValue("schedule.rhythm", "task.form.choose");
    }
    if (forms.isSound(form, errors)) {
      try {
        CheckSchedule changed = schedules.change(id, form.ask(), form.schedule());
        redirect.addFlashAttribute(
            "flash", Flash.good("check.schedule.flash.changed", changed.name()));
        return "redirect:/checks/schedules/" + id;
      } catch (Refusal refusal) {
        refusal.putInto(errors);
      }
    }
    return form(form, schedules.get(id), model, locale);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/checks/schedules/{id}/pause")
  String pause(@PathVariable long id, RedirectAttributes redirect) {
    return done(id, schedules::pause, "check.schedule.flash.paused", redirect);
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/checks/schedules/{id}/resume")
  String resume(@PathVariable long id, RedirectAttributes redirect) {
    return done(id, schedules::resume, "check.schedule.flash.resumed", redirect);
  }

  /** Its check now, besides its times. */
  @ForRole(Role.OPERATOR)
  @PostMapping("/checks/schedules/{id}/start")
  String start(@PathVariable long id, Locale locale, RedirectAttributes redirect) {
    ScheduleRun run = schedules.start(id);
    if (run.outcome() == ScheduleRun.Outcome.STARTED) {
      return "redirect:/checks/" + run.checkId();
    }
    redirect.addFlashAttribute(
        "flash", Flash.bad("check.schedule.flash.notStarted", views.why(run, locale)));
    return "redirect:/checks/schedules/" + id;
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/checks/schedules/{id}/delete")
  String delete(@PathVariable long id, RedirectAttributes redirect) {
    done(id, schedules::delete, "check.schedule.flash.deleted", redirect);
    return "redirect:/checks/schedules";
  }

  private String form(CheckForm form, CheckSchedule schedule, Model model, Locale locale) {
    model.addAttribute("schedule", schedule);
    return forms.page(form, model, locale);
  }

  private String done(long id, LongConsumer what, String flash, RedirectAttributes redirect) {
    String name = schedules.get(id).name();
    what.accept(id);
    redirect.addFlashAttribute("flash", Flash.good(flash, name));
    return "redirect:/checks/schedules/" + id;
  }
}
