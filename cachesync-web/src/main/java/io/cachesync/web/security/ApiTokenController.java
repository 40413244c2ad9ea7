package io.cachesync.web.security;

import io.cachesync.web.system.Flash;
import io.cachesync.web.system.NavItem;
import io.cachesync.web.system.Refusal;
import jakarta.validation.Valid;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

@Controller
class ApiTokenController {
  private final ApiTokenService tokens;
  private final Clock clock;

  ApiTokenController(ApiTokenService tokens, Clock clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  @Bean
  static NavItem settingsNavItem() {
    return NavItem.forAdmins(90, "/settings", "security.settings.title", "settings");
  }

  @ForRole(Role.ADMIN)
  @GetMapping("/settings")
  String list(Model model) {
    model.addAttribute("form", TokenForm.empty());
    return page(model);
  }

  /** Shows the token in this very answer: it is kept nowhere. */
  @ForRole(Role.ADMIN)
  @PostMapping("/settings/tokens")
  String create(@Valid @ModelAttribute("form") TokenForm form, BindingResult errors, Model model) {
    if (!errors.hasErrors()) {
      try {
        model.addAttribute("token", tokens.create(form.name(), form.role(), form.days()));
        model.addAttribute("form", TokenForm.empty());
      } catch (Refusal e) {
        errors.rejectValue(e.field(), e.key(), e.arguments(), null);
      }
    }
    return page(model);
  }

  @ForRole(Role.ADMIN)
  @PostMapping("/settings/tokens/{id}/revoke")
  String revoke(@PathVariable long id, RedirectAttributes redirect) {
    tokens.revoke(id);
    redirect.addFlashAttribute("flash", Flash.good("security.token.revoked"));
    return "redirect:/settings";
  }

  private String page(Model model) {
    model.addAttribute("tokens", tokens.list());
    model.addAttribute("roles", Role.values());
    model.addAttribute("now", clock.instant());
    return "security/settings";
  }
}
