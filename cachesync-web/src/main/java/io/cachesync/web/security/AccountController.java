package io.cachesync.web.security;

import io.cachesync.web.system.Flash;
import io.cachesync.web.system.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

@Controller
class AccountController {
  private final AccountService accounts;
  private final SecurityContextRepository contexts;

  AccountController(AccountService accounts, SecurityContextRepository contexts) {
    this.accounts = accounts;
    this.contexts = contexts;
  }

  @GetMapping("/account/password")
  String form(Model model, Authentication user) {
    model.addAttribute("form", new PasswordForm(null, null, null));
    return page(model, user);
  }

  @ForAnybody
  @PostMapping("/account/password")
  String change(
      @ModelAttribute("form") PasswordForm form,
      BindingResult errors,
      Model model,
      Authentication user,
      HttpServletRequest request,
      HttpServletResponse response,
      RedirectAttributes redirect) {
    try {
      String session = request.getSession().getId();
      UserDetails changed = accounts.changePassword(user.getName(), form, session);
      signInAgain(changed, request, response);
    } catch (Refusal e) {
      errors.rejectValue(e.field(), e.key(), e.arguments(), null);
      return page(model, user);
    }
    redirect.addFlashAttribute("flash", Flash.good("security.password.changed"));
    return "redirect:/";
  }

  private static String page(Model model, Authentication user) {
    model.addAttribute(
        "must",
        user.getAuthorities().stream()
            .anyMatch(held -> ConsoleUsers.MUST_CHANGE.equals(held.getAuthority())));
    return "security/password";
  }

  /** The session goes on, under a new id and with the role that the new password opened. */
  private void signInAgain(
      UserDetails user, HttpServletRequest request, HttpServletResponse response) {
    request.changeSessionId();
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    UsernamePasswordAuthenticationToken signedIn =
        UsernamePasswordAuthenticationToken.authenticated(user, null, user.getAuthorities());
    signedIn.setDetails(SecurityContextHolder.getContext().getAuthentication().getDetails());
    signedIn.eraseCredentials();
    context.setAuthentication(signedIn);
    SecurityContextHolder.setContext(context);
    contexts.saveContext(context, request, response);
  }
}
