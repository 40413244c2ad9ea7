package io.cachesync.web.audit;

import io.cachesync.web.system.Csv;
import io.cachesync.web.system.NavItem;
import io.cachesync.web.system.PageRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;

@Controller
class AuditController {
  private final AuditLog log;

  AuditController(AuditLog log) {
    this.log = log;
  }

  @Bean
  static NavItem auditNavItem() {
    return NavItem.forViewers(70, "/audit", "audit.title", "history");
  }

  @GetMapping("/audit")
  String list(@ModelAttribute("filter") AuditFilter filter, PageRequest request, Model model) {
    model.addAttribute("page", log.find(filter, request));
    model.addAttribute("actors", log.actors());
    // Not "actions": the layout has a parameter of that name, which would stand for it.
    model.addAttribute("actionNames", log.actions());
    return "audit/audit";
  }

  @GetMapping("/audit/export.csv")
  ResponseEntity<byte[]> export(@ModelAttribute("filter") AuditFilter filter) {
    String rows =
        log.export(filter).stream().map(AuditController::row).collect(Collectors.joining());
    String csv = Csv.row(List.of("at", "actor", "address", "action", "subject", "detail")) + rows;
    return ResponseEntity.ok()
        .contentType(new MediaType("text", "csv", StandardCharsets.UTF_8))
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            ContentDisposition.attachment().filename("audit.csv").build().toString())
        .body(csv.getBytes(StandardCharsets.UTF_8));
  }

  private static String row(AuditEvent event) {
    return Csv.row(
        List.of(
            event.at().toString(),
            event.actor(),
            event.address() == null ? "" : event.address(),
            event.action(),
            event.subject(),
            event.detail() == null ? "" : event.detail()));
  }
}
