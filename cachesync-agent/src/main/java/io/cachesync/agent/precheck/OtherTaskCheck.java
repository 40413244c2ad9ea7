package io.cachesync.agent.precheck;

import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.PrecheckSpec.OtherTask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * No other task writes to the same databases of the same node: none that the console knows, by the
 * node's run id, and none whose claim lies at the target.
 */
final class OtherTaskCheck implements Check {
  @Override
  public PrecheckCode code() {
    return PrecheckCode.OTHER_TASK;
  }

  @Override
  public boolean isOfAllSources() {
    return true;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    FilterSpec filter = ends.sync().filter();
    Claim ours =
        new Claim(
            ends.sync().task(), filter.targetDatabases(), filter.targetDatabasesLeftOut(), false);
    Set<String> runIds =
        ends.target().nodes().stream()
            .map(node -> node.info().runId())
            .collect(Collectors.toUnmodifiableSet());
    List<PrecheckFinding> findings = new ArrayList<>();
    for (OtherTask other : ends.spec().otherTasks()) {
      if (runIds.contains(other.targetRunId())
          && ours.meets(new Claim(other.name(), other.databases()))) {
        findings.add(
            Finding.block(code(), "task")
                .with("task", other.name())
                .with("databases", text(other.databases()))
                .with("runId", other.targetRunId())
                .done());
      }
    }
    for (Claim claim : TargetKeys.read(ends).claims().values()) {
      if (!claim.task().equals(ends.sync().task()) && ours.meets(claim)) {
        findings.add(
            Finding.block(code(), "claim")
                .with("task", claim.task())
                .with("databases", text(claim.databases()))
                .done());
      }
    }
    return findings.isEmpty() ? List.of(Finding.pass(code()).done()) : findings;
  }

  private static String text(List<Integer> databases) {
    return databases.isEmpty()
        ? "*"
        : databases.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
