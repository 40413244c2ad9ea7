package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** No node of the source is one of the target, under whatever addresses the two were given. */
final class IdentityCheck implements Check {
  @Override
  public PrecheckCode code() {
    return PrecheckCode.SOURCE_IS_NOT_TARGET;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    return pair(ends, IdentityCheck::same)
        .or(() -> pair(ends, IdentityCheck::replicating))
        .map(List::of)
        .orElseGet(
            () ->
                List.of(
                    Finding.pass(code())
                        .with("sourceRunId", ends.source().masters().get(0).info().runId())
                        .with("targetRunId", ends.target().masters().get(0).info().runId())
                        .done()));
  }

  /** What is said of two sources that have a node, or a history, in common. */
  static Optional<PrecheckFinding> twice(List<End> sources) {
    for (int i = 0; i < sources.size(); i++) {
      for (int j = i + 1; j < sources.size(); j++) {
        for (Server one : sources.get(i).nodes()) {
          for (Server other : sources.get(j).nodes()) {
            if (same(one, other).or(() -> replicating(one, other)).isPresent()) {
              return Optional.of(
                  Finding.block(PrecheckCode.SOURCE_IS_NOT_TARGET, "twice")
                      .with("source", one.address())
                      .with("other", other.address())
                      .done());
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  /** What is said of the first node of the source and node of the target of which it is. */
  private static Optional<PrecheckFinding> pair(
      Ends ends, BiFunction<Server, Server, Optional<Finding>> compare) {
    for (Server source : ends.source().nodes()) {
      for (Server target : ends.target().nodes()) {
        Optional<Finding> found = compare.apply(source, target);
        if (found.isPresent()) {
          return found.map(
              finding ->
                  finding.with("source", source.address()).with("target", target.address()).done());
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Finding> same(Server source, Server target) {
    String runId = source.info().runId();
    return runId.isEmpty() || !runId.equals(target.info().runId())
        ? Optional.empty()
        : Optional.of(
            Finding.block(PrecheckCode.SOURCE_IS_NOT_TARGET, "same").with("runId", runId));
  }

  private static Optional<Finding> replicating(Server source, Server target) {
    String replId = source.info().text("master_replid");
    return replId.isEmpty() || !replId.equals(target.info().text("master_replid"))
        ? Optional.empty()
        : Optional.of(
            Finding.block(PrecheckCode.SOURCE_IS_NOT_TARGET, "replicating").with("replId", replId));
  }
}
