package io.cachesync.web.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Severity;
import io.cachesync.web.agent.ContractJson;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Keeps the newest precheck of each task. */
@Component
class PrecheckStore {
  private static final int SOURCE_MAX = 1000;

  private static final int ARGUMENTS_MAX = 1000;

  private final PrecheckRunMapper runs;
  private final PrecheckFindingMapper findings;
  private final Clock clock;

  PrecheckStore(PrecheckRunMapper runs, PrecheckFindingMapper findings, Clock clock) {
    this.runs = runs;
    this.findings = findings;
    this.clock = clock;
  }

  Optional<PrecheckRun> run(long taskId) {
    return runs.find(taskId);
  }

  List<StoredFinding> findings(long taskId) {
    return findings.of(taskId);
  }

  List<PrecheckRunMapper.Target> targets() {
    return runs.targets();
  }

  /** Forgets the former precheck, with what was acknowledged: it was about other measurements. */
  @Transactional
  void begin(long taskId, String machineName) {
    findings.delete(taskId);
    runs.delete(taskId);
    runs.insert(taskId, machineName, clock.instant());
  }

  @Transactional
  void add(long taskId, PrecheckFinding finding) {
    Map<String, String> values = finding.values();
    findings.insert(
        new StoredFinding(
            0,
            taskId,
            finding.code(),
            finding.severity(),
            finding.variant(),
            finding.summary(),
            finding.remedy(),
            finding.command(),
            ContractJson.write(values),
            clock.instant(),
            null,
            null,
            cut(finding.source())));
    if (finding.code() == PrecheckCode.SOURCE_IS_NOT_TARGET
        && finding.severity() == Severity.PASS) {
      runs.nodes(
          taskId, values.getOrDefault("sourceRunId", ""), values.getOrDefault("targetRunId", ""));
    }
  }

  @Transactional
  void end(long taskId, PrecheckRun.Outcome outcome) {
    runs.end(taskId, outcome, null, null, clock.instant());
  }

  @Transactional
  void fail(long taskId, String faultKey, List<String> arguments) {
    String lines = String.join("\n", arguments);
    String cut = lines.length() > ARGUMENTS_MAX ? lines.substring(0, ARGUMENTS_MAX) : lines;
    runs.end(taskId, PrecheckRun.Outcome.FAILED, faultKey, cut, clock.instant());
  }

  /** What it found stays to be read, and is of the task as it was. */
  void outdate(long taskId) {
    runs.outdate(taskId);
  }

  boolean acknowledge(long taskId, long findingId, String by) {
    return findings.acknowledge(findingId, taskId, by, clock.instant()) == 1;
  }

  private static String cut(String source) {
    return source.length() > SOURCE_MAX ? source.substring(0, SOURCE_MAX) : source;
  }
}
