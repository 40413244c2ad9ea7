package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** No node of the source is one of the target, under whatever addresses the two were given. */
final class IdentityCheck implements Check {
  @Override
  public PrecheckCode code() {
    return PrecheckCode.SOURCE_IS_NOT_TARGET;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    for (Server source : ends.source().nodes()) {
      for (Server target : ends.target().nodes()) {
        Optional<PrecheckFinding> found = compare(source, target);
        if (found.isPresent()) {
          return List.of(found.get());
        }
      }
    }
    return List.of(
        Finding.pass(code())
            .with("sourceRunId", ends.source().masters().get(0).info().runId())
            .with("targetRunId", ends.target().masters().get(0).info().runId())
            .done());
  }

  private Optional<PrecheckFinding> compare(Server source, Server target) {
    String runId = source.info().runId();
    if (!runId.isEmpty() && runId.equals(target.info().runId())) {
      return Optional.of(
          between(source, target, Finding.block(code(), "same")).with("runId", runId).done());
    }
    String replId = source.info().text("master_replid");
    if (!replId.isEmpty() && replId.equals(target.info().text("master_replid"))) {
      return Optional.of(
          between(source, target, Finding.block(code(), "replicating"))
              .with("replId", replId)
              .done());
    }
    return Optional.empty();
  }

  private static Finding between(Server source, Server target, Finding finding) {
    return finding.with("source", source.address()).with("target", target.address());
  }
}
