package io.cachesync.web.task;

import io.cachesync.web.endpoint.EndpointFactsView;
import io.cachesync.web.endpoint.EndpointProbe;
import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.KeptSecrets;
import io.cachesync.web.security.Role;
import io.cachesync.web.system.Refusal;
import jakarta.servlet.http.HttpSession;
import java.util.List;
import java.util.Locale;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.context.request.WebRequest;

/** "Connect" in step 1 of the wizard: what the chosen machine sees of an end. Stores nothing. */
@Controller
class ConnectController {
  private final DraftEnds ends;
  private final EndpointProbe probe;
  private final KeptSecrets secrets;

  ConnectController(DraftEnds ends, EndpointProbe probe, KeptSecrets secrets) {
    this.ends = ends;
    this.probe = probe;
    this.secrets = secrets;
  }

  @InitBinder
  void fields(WebRequest request) {
    EndsForm.refuseOtherFields(request.getParameterNames());
  }

  /**
   * Answers a part of a page.
   *
   * @param end as {@link EndsForm#end} takes it
   * @param task id of the draft whose saved password counts where none was typed, or empty
   */
  @ForRole(Role.OPERATOR)
  @PostMapping("/tasks/connect")
  String connect(
      @ModelAttribute EndsForm typed,
      @RequestParam String end,
      @RequestParam(defaultValue = "") String task,
      @RequestParam(defaultValue = "") String kept,
      HttpSession session,
      Model model,
      Locale locale) {
    KeptSecrets.Filled filled = secrets.fill(session, kept, typed.secrets());
    EndsForm form = typed.withSecrets(filled.secrets());
    EndForm asked = form.end(end).orElseThrow(() -> Refusal.malformed("end", "task.form.choose"));
    List<Problem> problems = form.problemsOf(end);
    if (!problems.isEmpty()) {
      model.addAttribute("problem", problems.get(0).key());
      model.addAttribute("arguments", problems.get(0).arguments().toArray());
      return "task/connect";
    }
    if (filled.dropped().stream().anyMatch(field -> field.startsWith(end + "."))) {
      model.addAttribute("problem", KeptSecrets.AGAIN);
      model.addAttribute("arguments", new Object[0]);
      return "task/connect";
    }
    try {
      DraftEnds.Reached reached =
          ends.reached(end, asked, task.matches("[0-9]{1,18}") ? Long.valueOf(task) : null);
      model.addAttribute("registered", asked.isRegistered() ? asked.endpoint() : null);
      model.addAttribute(
          "facts",
          EndpointFactsView.of(
              probe.look(Long.parseLong(form.machineId()), reached.endpoint(), reached.secrets()),
              reached.endpoint(),
              locale));
    } catch (Refusal refusal) {
      model.addAttribute("problem", refusal.key());
      model.addAttribute("arguments", refusal.arguments());
    }
    return "task/connect";
  }
}
