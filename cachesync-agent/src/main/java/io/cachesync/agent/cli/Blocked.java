package io.cachesync.agent.cli;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.JobReport;
import io.cachesync.contract.LogLevel;
import io.cachesync.contract.LogLine;
import io.cachesync.contract.Phase;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;

/** A sync that its precheck did not let begin. */
final class Blocked {
  private Blocked() {}

  /** Each in a line, with what to do in the ones below it. */
  static void tell(List<PrecheckFinding> blocking, PrintWriter err) {
    for (PrecheckFinding finding : blocking) {
      String of = finding.source().isEmpty() ? "" : finding.source() + ": ";
      err.println(of + finding.summary());
      String advice = Advice.of(finding);
      if (!advice.isEmpty()) {
        err.println("  " + advice);
      }
      if (!finding.command().isEmpty()) {
        err.println("  > " + finding.command());
      }
    }
    err.println("Nothing was started. The verb precheck tells more.");
    err.flush();
  }

  /** A script may try a server again that it could not reach, but has to answer what was found. */
  static int exitCode(List<PrecheckFinding> blocking) {
    return blocking.stream().anyMatch(Blocked::isUnreached) ? ExitCode.UNREACHABLE : ExitCode.FOUND;
  }

  private static boolean isUnreached(PrecheckFinding finding) {
    return finding.code() == PrecheckCode.SOURCE_REACHABLE
        || finding.code() == PrecheckCode.TARGET_REACHABLE;
  }

  /** Its only report: failed by the first finding, with all of them in its log. */
  static JobReport report(String task, List<PrecheckFinding> blocking, Clock clock) {
    long now = clock.millis();
    List<LogLine> log =
        blocking.stream()
            .map(each -> new LogLine(now, LogLevel.WARN, -1, each.code() + ": " + each.summary()))
            .toList();
    PrecheckFinding first = blocking.get(0);
    return report(task, Fault.fatal(Advice.faultCode(first), first.summary()), log, now);
  }

  /** The only report of one that another process kept from beginning. */
  static JobReport report(String task, String elsewhere, Clock clock) {
    long now = clock.millis();
    List<LogLine> log = List.of(new LogLine(now, LogLevel.WARN, -1, elsewhere));
    return report(task, Fault.fatal(FaultCode.FENCED, elsewhere), log, now);
  }

  private static JobReport report(String task, Fault fault, List<LogLine> log, long now) {
    return new JobReport(
        task, 1, 1, now, 0, Phase.FAILED, fault, List.of(), log, null, null, null, null);
  }
}
