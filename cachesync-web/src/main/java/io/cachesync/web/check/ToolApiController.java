package io.cachesync.web.check;

import io.cachesync.web.security.ForRole;
import io.cachesync.web.security.Role;
import io.cachesync.web.system.Refusal;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Instant;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The program redis-full-check by REST: which one machines are brought. */
@RestController
@RequestMapping("/api/v1/full-check")
class ToolApiController {
  private final ToolPackages packages;
  private final FullCheckProgram program;

  ToolApiController(ToolPackages packages, FullCheckProgram program) {
    this.packages = packages;
    this.program = program;
  }

  /** What machines are brought, if anything. */
  @ForRole(Role.ADMIN)
  @GetMapping
  Tool get() {
    return new Tool(
        program.isInSettings(), packages.current().map(ToolApiController::file).orElse(null));
  }

  /**
   * Takes the file that is the body in the place of the former one.
   *
   * @param sha256 what it must have, in hex; left out: anything
   */
  @ForRole(Role.ADMIN)
  @PutMapping(path = "/package", consumes = MediaType.APPLICATION_OCTET_STREAM_VALUE)
  @RequestBody(
      description = "The program itself for Linux (ELF), at most 64 MB",
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
              schema = @Schema(type = "string", format = "binary")))
  File put(@RequestParam(required = false) String sha256, HttpServletRequest request)
      throws IOException {
    return file(packages.store(request.getInputStream(), sha256));
  }

  /** Machines are not brought it any more; what lies there stays. */
  @ForRole(Role.ADMIN)
  @DeleteMapping("/package")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete() {
    if (packages.current().isEmpty()) {
      throw Refusal.notFound("check.tool.refused.none");
    }
    packages.remove();
  }

  private static File file(ToolPackage tool) {
    return new File(
        tool.sha256(), tool.fileBytes(), tool.architecture(), tool.addedBy(), tool.addedAt());
  }

  /**
   * Where checks find the program.
   *
   * @param inSettings whether the settings name a path on the machines, which is used then
   * @param file null where there is none
   */
  record Tool(boolean inSettings, File file) {}

  /**
   * The program that is brought to machines.
   *
   * @param sha256 of its file, in hex
   * @param architecture what it runs on, as {@code x86-64}
   */
  record File(
      String sha256, long fileBytes, String architecture, String addedBy, Instant addedAt) {}
}
