package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.util.ArrayList;
import java.util.List;

/** Both ends are what they were given as: a cluster node or a sentinel is not standalone. */
final class TopologyCheck implements Check {
  @Override
  public PrecheckCode code() {
    return PrecheckCode.TOPOLOGY;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) {
    List<PrecheckFinding> findings = new ArrayList<>();
    if (!isStandalone(ends.source())) {
      findings.add(refused("source", ends.source()));
    }
    if (!isStandalone(ends.target())) {
      findings.add(refused("target", ends.target()));
    }
    return findings.isEmpty() ? List.of(Finding.pass(code()).done()) : findings;
  }

  private PrecheckFinding refused(String end, Server server) {
    return Finding.block(code(), end)
        .with("address", server.address())
        .with("mode", server.mode())
        .done();
  }

  /** Elsewhere databases and rights, which other checks try out, mean something else. */
  static boolean isStandalone(Server server) {
    return server.mode().equals("standalone");
  }
}
