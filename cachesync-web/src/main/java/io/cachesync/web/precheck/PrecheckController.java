package io.cachesync.web.precheck;

import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import io.cachesync.web.system.Flash;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Step 4 of the wizard: what the precheck finds, while it finds it, and the start. */
@Controller
class PrecheckController {
  private static final int STEP = 4;

  private final PrecheckService prechecks;
  private final FindingViews views;
  private final TaskService tasks;

  PrecheckController(PrecheckService prechecks, FindingViews views, TaskService tasks) {
    this.prechecks = prechecks;
    this.views = views;
    this.tasks = tasks;
  }

  @GetMapping("/tasks/{id}/precheck")
  String show(@PathVariable long id, Model model, Locale locale) {
    Task task = tasks.get(id);
    boolean running = task.state() == TaskState.PRECHECKING;
    // While it runs they stand as they come, so that nothing moves away under the reader's eyes.
    List<FindingView> findings =
        (running ? prechecks.findings(id) : byUrgency(prechecks.findings(id)))
            .stream().map(finding -> views.of(finding, locale)).toList();
    model.addAttribute("draft", task);
    model.addAttribute("step", STEP);
    model.addAttribute("reached", Math.max(STEP, task.wizardStep()));
    model.addAttribute("run", prechecks.run(id).orElse(null));
    model.addAttribute("running", running);
    model.addAttribute("findings", findings);
    model.addAttribute("blocks", count(findings, "BLOCK"));
    model.addAttribute("passes", count(findings, "PASS"));
    model.addAttribute("open", findings.stream().filter(FindingView::open).count());
    model.addAttribute("mayPrecheck", task.state().editable());
    model.addAttribute("mayStart", task.state() == TaskState.READY && prechecks.mayStart(id));
    return "precheck/precheck";
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/precheck")
  String run(@PathVariable long id, RedirectAttributes redirect) {
    try {
      tasks.precheck(id);
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal));
    }
    return "redirect:/tasks/" + id + "/precheck";
  }

  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/{id}/precheck/acknowledge")
  String acknowledge(
      @PathVariable long id, @RequestParam long finding, RedirectAttributes redirect) {
    try {
      prechecks.acknowledge(id, finding);
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal));
    }
    return "redirect:/tasks/" + id + "/precheck";
  }

  /** What blocks, then what is to be acknowledged, then what was, then what passed. */
  private static List<StoredFinding> byUrgency(List<StoredFinding> findings) {
    return findings.stream().sorted(Comparator.comparing(PrecheckController::urgency)).toList();
  }

  private static int urgency(StoredFinding finding) {
    return switch (finding.severity()) {
      case BLOCK -> 0;
      case WARNING, UNKNOWN -> finding.open() ? 1 : 2;
      case PASS -> 3;
    };
  }

  private static long count(List<FindingView> findings, String severity) {
    return findings.stream().filter(finding -> finding.severity().equals(severity)).count();
  }
}
