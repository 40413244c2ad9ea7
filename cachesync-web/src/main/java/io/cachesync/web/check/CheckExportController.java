package io.cachesync.web.check;

import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * What a check has listed, as files: at one path for people who are signed in, at the other for
 * programs with a token.
 */
@RestController
class CheckExportController {
  private final CheckExport export;

  CheckExportController(CheckExport export) {
    this.export = export;
  }

  @ForRole(Role.OPERATOR)
  @GetMapping({"/checks/{id}/differences.csv", "/api/v1/checks/{id}/differences.csv"})
  void csv(@PathVariable long id, HttpServletResponse response) throws IOException {
    export.csv(id, response);
  }

  @ForRole(Role.OPERATOR)
  @GetMapping({"/checks/{id}/differences.json", "/api/v1/checks/{id}/differences.json"})
  void json(@PathVariable long id, HttpServletResponse response) throws IOException {
    export.json(id, response);
  }
}
