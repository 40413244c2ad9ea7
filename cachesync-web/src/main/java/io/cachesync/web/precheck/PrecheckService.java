package io.cachesync.web.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.Severity;
import io.cachesync.web.audit.AuditService;
import io.cachesync.web.security.RequiresOperator;
import io.cachesync.web.security.RequiresViewer;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.StartGate;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskService;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What prechecks found, and who goes on in spite of it. */
@Service
public class PrecheckService implements StartGate {
  private final PrecheckStore store;
  private final TaskService tasks;
  private final AuditService audit;

  PrecheckService(PrecheckStore store, TaskService tasks, AuditService audit) {
    this.store = store;
    this.tasks = tasks;
    this.audit = audit;
  }

  @RequiresViewer
  public Optional<PrecheckRun> run(long taskId) {
    return store.run(taskId);
  }

  @RequiresViewer
  public List<StoredFinding> findings(long taskId) {
    return store.findings(taskId);
  }

  /** Whether nothing of the newest precheck keeps the task from its start. */
  @RequiresViewer
  public boolean mayStart(long taskId) {
    return objection(taskId).isEmpty();
  }

  @Override
  public void check(long taskId) {
    objection(taskId)
        .ifPresent(
            objection -> {
              throw objection;
            });
  }

  @Override
  public void changed(long taskId) {
    store.outdate(taskId);
  }

  /** Goes on in spite of a warning, by the name of the one who is signed in. */
  @RequiresOperator
  @Transactional
  public void acknowledge(long taskId, long findingId) {
    Task task = tasks.get(taskId);
    refuseOutdated(taskId);
    StoredFinding finding =
        store.findings(taskId).stream()
            .filter(each -> each.id() == findingId)
            .findFirst()
            .orElseThrow(() -> Refusal.conflict("precheck.refused.gone"));
    if (finding.severity() == Severity.BLOCK) {
      throw Refusal.conflict("precheck.refused.block");
    }
    String user = SecurityContextHolder.getContext().getAuthentication().getName();
    if (store.acknowledge(taskId, findingId, user)) {
      if (finding.code() == PrecheckCode.TARGET_EVICTION_POLICY) {
        tasks.acceptEvictions(taskId, true);
      }
      audit.record("precheck.acknowledge", task.name(), finding.code() + ": " + finding.summary());
    }
  }

  /**
   * Goes on in spite of all warnings of these codes, or, where one of them is none, of nothing.
   *
   * @param codes as {@code SHORT_EXPIRY}; what was acknowledged already may be named again
   */
  @RequiresOperator
  @Transactional
  public void acknowledge(long taskId, Set<String> codes) {
    tasks.get(taskId);
    refuseOutdated(taskId);
    List<StoredFinding> warnings =
        store.findings(taskId).stream()
            .filter(finding -> finding.severity() == Severity.WARNING)
            .toList();
    String open = openCodes(warnings);
    if (codes.isEmpty() && !open.isEmpty()) {
      throw Refusal.invalid("codes", "precheck.refused.noCode", open);
    }
    Set<String> others = new TreeSet<>(codes);
    warnings.forEach(warning -> others.remove(warning.code().name()));
    if (!others.isEmpty()) {
      String named = String.join(", ", others);
      throw open.isEmpty()
          ? Refusal.invalid("codes", "precheck.refused.noneOpen", named)
          : Refusal.invalid("codes", "precheck.refused.noWarning", named, open);
    }
    warnings.stream()
        .filter(warning -> warning.open() && codes.contains(warning.code().name()))
        .forEach(warning -> acknowledge(taskId, warning.id()));
  }

  /** What was found for what the task asked before tells nothing of what it asks now. */
  private void refuseOutdated(long taskId) {
    if (store.run(taskId).filter(PrecheckRun::outdated).isPresent()) {
      throw Refusal.conflict("precheck.refused.outdated");
    }
  }

  private Optional<Refusal> objection(long taskId) {
    PrecheckRun.Outcome outcome = store.run(taskId).map(PrecheckRun::outcome).orElse(null);
    if (outcome != PrecheckRun.Outcome.PASSED) {
      return Optional.of(
          Refusal.conflict(
              outcome == PrecheckRun.Outcome.OUTDATED
                  ? "precheck.refused.outdated"
                  : "precheck.refused.notPassed"));
    }
    String open = openCodes(store.findings(taskId));
    return open.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Refusal.conflict("precheck.refused.unacknowledged", open, String.valueOf(taskId)));
  }

  private static String openCodes(List<StoredFinding> findings) {
    return findings.stream()
        .filter(StoredFinding::open)
        .map(finding -> finding.code().name())
        .distinct()
        .collect(Collectors.joining(", "));
  }
}
