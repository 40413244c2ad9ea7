package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * An end that is a cluster serves every slot; nothing is said where none is. A task that goes on
 * waits for slots that move by itself.
 */
final class ClusterStateCheck implements Check {
  @Override
  public PrecheckCode code() {
    return PrecheckCode.CLUSTER_STATE;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    List<PrecheckFinding> findings = new ArrayList<>(ends.source().health());
    findings.addAll(ends.target().health());
    if (findings.stream().anyMatch(ClusterHealth::passes) && goesOn(ends)) {
      findings.replaceAll(each -> ClusterHealth.passes(each) ? Finding.lessGrave(each) : each);
    }
    return findings;
  }

  /** Where that cannot be asked, what blocks blocks. */
  private static boolean goesOn(Ends ends) {
    try {
      return ends.resumed();
    } catch (IOException e) {
      return false;
    }
  }
}
