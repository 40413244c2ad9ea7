package io.cachesync.web.check;

import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import io.cachesync.web.system.Flash;
import io.cachesync.web.system.Refusal;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The plan of a repair, its start, and its undo file. */
@Controller
class RepairController {
  private final CheckService checks;
  private final CheckViews views;
  private final RepairService repairs;
  private final RepairViews repairViews;

  RepairController(
      CheckService checks, CheckViews views, RepairService repairs, RepairViews repairViews) {
    this.checks = checks;
    this.views = views;
    this.repairs = repairs;
    this.repairViews = repairViews;
  }

  /** Asks both sides what would become of the keys that were chosen. */
  @ForRole(Role.OPERATOR)
  @PostMapping("/checks/{id}/repair/plan")
  String plan(
      @PathVariable long id,
      @ModelAttribute("choice") RepairChoice choice,
      @RequestParam(defaultValue = "false") boolean deletesExtra,
      @RequestParam(defaultValue = "false") boolean ticked,
      Model model,
      Locale locale,
      RedirectAttributes redirect) {
    try {
      if (ticked && choice.key().isEmpty()) {
        throw Refusal.conflict("check.repair.noneTicked");
      }
      Check check = checks.get(id);
      RepairPlan plan = repairs.plan(id, choice, deletesExtra);
      model.addAttribute("check", views.of(check, locale));
      model.addAttribute("place", repairs.place(check));
      model.addAttribute("deletesExtra", deletesExtra);
      model.addAttribute("plan", plan);
      model.addAttribute("courses", repairViews.courses(plan.courses(), locale));
      model.addAttribute("keys", repairViews.left(plan.keys(), locale));
      return "check/repair";
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal.key(), refusal.arguments()));
      return "redirect:/checks/" + id;
    }
  }

  /**
   * Starts what was planned.
   *
   * @param plannedDeletesExtra what the plan that is shown was made with
   */
  @ForRole(Role.OPERATOR)
  @PostMapping("/checks/{id}/repair")
  String start(
      @PathVariable long id,
      @ModelAttribute("choice") RepairChoice choice,
      @RequestParam(defaultValue = "false") boolean deletesExtra,
      @RequestParam(required = false) Boolean plannedDeletesExtra,
      RedirectAttributes redirect) {
    try {
      if (plannedDeletesExtra == null || plannedDeletesExtra != deletesExtra) {
        throw Refusal.conflict("check.repair.planAgain");
      }
      return "redirect:/checks/" + repairs.start(id, choice, deletesExtra).id();
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal.key(), refusal.arguments()));
      return "redirect:/checks/" + id;
    }
  }

  @ForRole(Role.OPERATOR)
  @GetMapping("/checks/{id}/undo.jsonl")
  void undo(@PathVariable long id, HttpServletResponse response) throws IOException {
    UndoDownload.send(repairs, id, response);
  }
}
