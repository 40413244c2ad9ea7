package io.cachesync.web.agent;

import io.cachesync.web.machine.MachineStep;
import io.cachesync.web.system.Flash;
import io.cachesync.web.system.Refusal;
import java.util.List;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The button that installs or upgrades the agent, and its like in the REST API. */
@Controller
class AgentController {
  private final AgentInstaller installer;

  AgentController(AgentInstaller installer) {
    this.installer = installer;
  }

  @PostMapping("/machines/{id}/agent")
  String install(@PathVariable long id, RedirectAttributes redirect) {
    try {
      installer.start(id);
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal.key(), refusal.arguments()));
    }
    return "redirect:/machines/" + id;
  }

  /** Installs and answers the steps; one that failed is the last. */
  @PostMapping("/api/v1/machines/{id}/install")
  @ResponseBody
  List<MachineStep> installNow(@PathVariable long id) {
    return installer.install(id);
  }
}
