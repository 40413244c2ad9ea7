package io.cachesync.web.agent;

import io.cachesync.contract.JobReport;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;

/**
 * Takes the agents' reports. 401: no such token; 403: the token of another job; 409: this
 * incarnation is over, its sender must end; 413: too large.
 */
@RestController
class ReportController {
  /** An agent's report has bounded log lines; the newest ones are a few hundred kilobytes. */
  static final int MAX_BYTES = 2 << 20;

  private static final String BEARER = "Bearer ";

  private final ReportIntake intake;

  ReportController(ReportIntake intake) {
    this.intake = intake;
  }

  @PostMapping(path = "/agent/v1/reports", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<String> report(
      @RequestHeader(name = "Authorization", defaultValue = "") String authorization,
      HttpServletRequest request)
      throws IOException {
    Optional<JobToken> token =
        authorization.startsWith(BEARER)
            ? intake.owner(authorization.substring(BEARER.length()).strip())
            : Optional.empty();
    if (token.isEmpty()) {
      return ResponseEntity.status(HttpStatus.UNAUTHORIZED).build();
    }
    byte[] body = request.getInputStream().readNBytes(MAX_BYTES + 1);
    if (body.length > MAX_BYTES) {
      return ResponseEntity.status(HttpStatus.CONTENT_TOO_LARGE).build();
    }
    JobReport report;
    try {
      report = ContractJson.read(body, JobReport.class);
    } catch (JacksonException e) {
      return ResponseEntity.badRequest().build();
    }
    if (!token.get().jobId().equals(report.jobId())) {
      return ResponseEntity.status(HttpStatus.FORBIDDEN).build();
    }
    if (report.incarnation() != token.get().incarnation()) {
      return ResponseEntity.status(HttpStatus.CONFLICT).build();
    }
    return intake
        .take(token.get(), report)
        .map(directive -> ResponseEntity.ok(ContractJson.write(directive)))
        .orElseGet(() -> ResponseEntity.status(HttpStatus.CONFLICT).build());
  }
}
