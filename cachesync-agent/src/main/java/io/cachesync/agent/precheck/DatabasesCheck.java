package io.cachesync.agent.precheck;

import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The target has every database that is moved, and the chosen ones hold something. */
final class DatabasesCheck implements Check {
  @Override
  public PrecheckCode code() {
    return PrecheckCode.DATABASES;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    if (!TopologyCheck.isStandalone(ends.target())) {
      return List.of(Finding.unchecked(code(), ends.target()));
    }
    List<Integer> chosen = ends.sync().filter().databases();
    Collection<Integer> present = Keyspace.of(ends.source().info()).keySet();
    Collection<Integer> needed = chosen.isEmpty() ? present : chosen;
    for (int database : needed) {
      RespValue reply = ends.target().select(database);
      if (reply.isError()) {
        return List.of(
            Finding.block(code(), "missing")
                .with("refused", database)
                .with("error", reply.text())
                .done());
      }
    }
    List<PrecheckFinding> findings = new ArrayList<>();
    if (!chosen.isEmpty() && !present.isEmpty() && ends.movedKeyspace().isEmpty()) {
      findings.add(
          Finding.warning(code(), "nothing")
              .with("databases", list(chosen))
              .with("present", list(present))
              .done());
    }
    if (chosen.isEmpty()) {
      fewer(ends).ifPresent(findings::add);
    }
    if (findings.isEmpty()) {
      findings.add(
          Finding.pass(code()).with("databases", needed.isEmpty() ? "0" : list(needed)).done());
    }
    return findings;
  }

  /** Where all are moved: whether the source allows a database that the target lacks. */
  private Optional<PrecheckFinding> fewer(Ends ends) throws IOException {
    Optional<String> setting = ends.source().config("databases");
    if (setting.isEmpty()) {
      return Optional.empty();
    }
    int last = Integer.parseInt(setting.get()) - 1;
    if (!ends.target().select(last).isError()) {
      return Optional.empty();
    }
    // Ascending, so that the first refused one is named; servers have few databases.
    int first = 1;
    while (!ends.target().select(first).isError()) {
      first++;
    }
    return Optional.of(
        Finding.warning(code(), "fewer").with("highest", first - 1).with("refused", first).done());
  }

  private static String list(Collection<Integer> databases) {
    return databases.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
