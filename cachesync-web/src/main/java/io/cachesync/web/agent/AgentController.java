package io.cachesync.web.agent;

import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import io.cachesync.web.system.Flash;
import io.cachesync.web.system.Refusal;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The button that installs or upgrades the agent. */
@Controller
class AgentController {
  private final AgentInstaller installer;

  AgentController(AgentInstaller installer) {
    this.installer = installer;
  }

  @ForRole(Role.ADMIN)
  @PostMapping("/machines/{id}/agent")
  String install(@PathVariable long id, RedirectAttributes redirect) {
    try {
      installer.start(id);
    } catch (Refusal refusal) {
      redirect.addFlashAttribute("flash", Flash.bad(refusal));
    }
    return "redirect:/machines/" + id;
  }
}
