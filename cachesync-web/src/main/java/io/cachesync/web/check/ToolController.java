package io.cachesync.web.check;

import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import io.cachesync.web.system.Flash;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.Figures;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.springframework.context.MessageSource;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The page of redis-full-check: which one machines are brought. */
@Controller
class ToolController {
  private final ToolPackages packages;
  private final FullCheckProgram program;
  private final MessageSource messages;

  ToolController(ToolPackages packages, FullCheckProgram program, MessageSource messages) {
    this.packages = packages;
    this.program = program;
    this.messages = messages;
  }

  @ForRole(Role.ADMIN)
  @GetMapping("/checks/full-check")
  String show(Model model, Locale locale) {
    Figures figures = new Figures(locale);
    model.addAttribute("tool", packages.current().orElse(null));
    model.addAttribute("inSettings", program.isInSettings());
    model.addAttribute(
        "size", packages.current().map(tool -> figures.bytes(tool.fileBytes())).orElse(""));
    model.addAttribute("most", figures.bytes(ToolPackages.MOST_BYTES));
    return "check/tool";
  }

  /** The body is the file; the page sends it by script, with the CSRF token in a header. */
  @ForRole(Role.ADMIN)
  @PostMapping("/checks/full-check/package")
  ResponseEntity<Map<String, String>> add(HttpServletRequest request, Locale locale)
      throws IOException {
    try {
      return ResponseEntity.ok(
          Map.of("sha256", packages.store(request.getInputStream(), null).sha256()));
    } catch (Refusal refusal) {
      String why =
          messages.getMessage(refusal.key(), refusal.arguments(), refusal.getMessage(), locale);
      return ResponseEntity.status(refusal.status()).body(Map.of("detail", why));
    }
  }

  @ForRole(Role.ADMIN)
  @PostMapping("/checks/full-check/remove")
  String remove(RedirectAttributes redirect) {
    packages.remove();
    redirect.addFlashAttribute("flash", Flash.good("check.tool.flash.removed"));
    return "redirect:/checks/full-check";
  }
}
