package io.cachesync.web.agent;

import io.cachesync.web.machine.MachineStepView;
import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import java.util.List;
import java.util.Locale;
import org.springframework.context.MessageSource;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Installing agents by the REST API. */
@RestController
class AgentApiController {
  private final AgentInstaller installer;
  private final MessageSource messages;

  AgentApiController(AgentInstaller installer, MessageSource messages) {
    this.installer = installer;
    this.messages = messages;
  }

  /** Installs and answers the steps; one that failed is the last. */
  @ForRole(Role.ADMIN)
  @PostMapping("/api/v1/machines/{id}/install")
  List<MachineStepView> install(@PathVariable long id, Locale locale) {
    return installer.install(id).stream()
        .map(step -> MachineStepView.of(step, messages, locale))
        .toList();
  }
}
