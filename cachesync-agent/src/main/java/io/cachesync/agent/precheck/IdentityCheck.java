package io.cachesync.agent.precheck;

import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.List;

/** The source is not the target, under whatever addresses the two were given. */
final class IdentityCheck implements Check {
  @Override
  public PrecheckCode code() {
    return PrecheckCode.SOURCE_IS_NOT_TARGET;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    ServerInfo source = ends.source().info();
    ServerInfo target = ends.target().info();
    String runId = source.text("run_id");
    if (!runId.isEmpty() && runId.equals(target.text("run_id"))) {
      return List.of(
          Finding.block(code(), "same")
              .with("source", ends.source().address())
              .with("target", ends.target().address())
              .with("runId", runId)
              .done());
    }
    String replId = source.text("master_replid");
    if (!replId.isEmpty() && replId.equals(target.text("master_replid"))) {
      return List.of(
          Finding.block(code(), "replicating")
              .with("source", ends.source().address())
              .with("target", ends.target().address())
              .with("replId", replId)
              .done());
    }
    return List.of(
        Finding.pass(code())
            .with("sourceRunId", runId)
            .with("targetRunId", target.text("run_id"))
            .done());
  }
}
