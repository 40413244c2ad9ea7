package io.cachesync.web.security;

import io.cachesync.web.system.Flash;
import io.cachesync.web.system.NavItem;
import io.cachesync.web.system.Refusal;
import jakarta.validation.Valid;
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

@Controller
class UserController {
  private final UserService users;

  UserController(UserService users) {
    this.users = users;
  }

  @Bean
  static NavItem usersNavItem() {
    return NavItem.forAdmins(80, "/users", "security.users.title", "users");
  }

  @ForRole(Role.ADMIN)
  @GetMapping("/users")
  String list(Model model) {
    model.addAttribute("form", new UserForm("", Role.OPERATOR));
    return page(model);
  }

  @ForRole(Role.ADMIN)
  @PostMapping("/users")
  String add(@Valid @ModelAttribute("form") UserForm form, BindingResult errors, Model model) {
    if (!errors.hasErrors()) {
      try {
        model.addAttribute("password", users.add(form.name(), form.role()));
        model.addAttribute("passwordOf", form.name());
        model.addAttribute("form", new UserForm("", Role.OPERATOR));
      } catch (Refusal e) {
        errors.rejectValue(e.field(), e.key(), e.arguments(), null);
      }
    }
    return page(model);
  }

  @ForRole(Role.ADMIN)
  @PostMapping("/users/{id}")
  String change(
      @PathVariable long id,
      @RequestParam Role role,
      @RequestParam(defaultValue = "false") boolean enabled,
      RedirectAttributes redirect) {
    try {
      users.change(id, role, enabled);
      redirect.addFlashAttribute("flash", Flash.good("security.user.changed"));
    } catch (Refusal e) {
      redirect.addFlashAttribute("flash", Flash.bad(e.key(), e.arguments()));
    }
    return "redirect:/users";
  }

  /** Shows the password in this very answer: it is kept nowhere, not even in a session. */
  @ForRole(Role.ADMIN)
  @PostMapping("/users/{id}/password")
  String resetPassword(@PathVariable long id, @RequestParam String name, Model model) {
    model.addAttribute("password", users.resetPassword(id));
    model.addAttribute("passwordOf", name);
    model.addAttribute("form", new UserForm("", Role.OPERATOR));
    return page(model);
  }

  private String page(Model model) {
    model.addAttribute("users", users.list());
    model.addAttribute("roles", Role.values());
    return "security/users";
  }
}
