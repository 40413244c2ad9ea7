package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.util.ArrayList;
import java.util.List;

/** Both ends are what they were given as. */
final class TopologyCheck implements Check {
  @Override
  public PrecheckCode code() {
    return PrecheckCode.TOPOLOGY;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) {
    List<PrecheckFinding> findings = new ArrayList<>();
    if (!ends.source().isAsGiven()) {
      findings.add(refused("source", ends.source().front()));
    }
    if (!ends.target().isAsGiven()) {
      findings.add(refused("target", ends.target().front()));
    }
    return findings.isEmpty() ? List.of(Finding.pass(code()).done()) : findings;
  }

  /** By what it is: what to do depends on that. */
  private PrecheckFinding refused(String end, Server server) {
    String is =
        switch (server.mode()) {
          case "cluster" -> "cluster";
          case "standalone" -> "single";
          default -> "other";
        };
    return Finding.block(code(), end + '.' + is)
        .with("address", server.address())
        .with("mode", server.mode())
        .done();
  }
}
