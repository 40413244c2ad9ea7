package io.cachesync.agent.cli;

import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Severity;
import java.util.ArrayList;
import java.util.List;

/** What the findings of a precheck come to. */
final class PrecheckVerdict {
  private final List<PrecheckFinding> blocking = new ArrayList<>();
  private int warnings;
  private int passed;

  void add(PrecheckFinding finding) {
    switch (finding.severity()) {
      case BLOCK -> blocking.add(finding);
      case WARNING -> warnings++;
      default -> passed++;
    }
  }

  int exitCode() {
    return blocking.isEmpty() ? ExitCode.DONE : Blocked.exitCode(blocking);
  }

  /** For a person, behind all findings. */
  String sentence() {
    String others =
        "%d %s, %d passed.".formatted(warnings, warnings == 1 ? "warning" : "warnings", passed);
    if (blocking.isEmpty()) {
      return "A migration may begin: nothing blocks it, " + others;
    }
    String unasked = exitCode() == ExitCode.UNREACHABLE ? " What is behind it was not asked." : "";
    return "A migration may not begin: %d %s it, %s%s"
        .formatted(
            blocking.size(),
            blocking.size() == 1 ? "finding blocks" : "findings block",
            others,
            unasked);
  }

  /** For a program. */
  Line line() {
    Severity gravest =
        !blocking.isEmpty() ? Severity.BLOCK : warnings > 0 ? Severity.WARNING : Severity.PASS;
    return new Line(gravest, exitCode(), blocking.size(), warnings, passed);
  }

  /**
   * The last line of a report file.
   *
   * @param verdict the gravest severity
   * @param exitCode with which the verb ends
   */
  record Line(Severity verdict, int exitCode, int blocking, int warnings, int passed) {}
}
