package io.cachesync.agent.precheck;

import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The target has every database that is moved, and the chosen ones hold something. */
final class DatabasesCheck implements Check {
  @Override
  public PrecheckCode code() {
    return PrecheckCode.DATABASES;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    if (!ends.target().isAsGiven()) {
      return List.of(Finding.unchecked(code(), ends.target()));
    }
    FilterSpec filter = ends.sync().filter();
    List<Integer> chosen = filter.databases();
    Collection<Integer> present = Keyspace.of(ends.source().masters()).keySet();
    Collection<Integer> needed =
        (chosen.isEmpty() ? present : chosen).stream().filter(filter::moves).toList();
    Optional<PrecheckFinding> several = several(ends.source(), present, filter);
    if (several.isPresent()) {
      return List.of(several.get());
    }
    Optional<PrecheckFinding> refused = refused(ends, needed);
    if (refused.isPresent()) {
      return List.of(refused.get());
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

  /** Clusters of Valkey 9 may have several databases, of which the first one only is moved. */
  private Optional<PrecheckFinding> several(
      End source, Collection<Integer> present, FilterSpec filter) {
    List<Integer> others =
        present.stream().filter(database -> database > 0 && filter.moves(database)).toList();
    return others.isEmpty() || !source.hasOnlyDatabaseZero()
        ? Optional.empty()
        : Optional.of(Finding.block(code(), "shards").with("refused", list(others)).done());
  }

  /** What the target refuses of what is to be moved. */
  private Optional<PrecheckFinding> refused(Ends ends, Collection<Integer> needed)
      throws IOException {
    FilterSpec filter = ends.sync().filter();
    if (ends.target().hasOnlyDatabaseZero()) {
      List<Integer> others =
          needed.stream().filter(database -> filter.targetDatabase(database) > 0).toList();
      return others.isEmpty()
          ? Optional.empty()
          : Optional.of(Finding.block(code(), "cluster").with("refused", list(others)).done());
    }
    for (int source : needed) {
      int database = filter.targetDatabase(source);
      RespValue reply = ends.target().front().select(database);
      if (Reply.isForbidden(reply)) {
        return Optional.of(forbidden(ends.target().front(), reply));
      }
      if (reply.isError()) {
        return Optional.of(
            Finding.block(code(), "missing")
                .with("refused", database)
                .with("error", reply.text())
                .done());
      }
    }
    return Optional.empty();
  }

  /** Where all are moved: whether the source allows a database that the target lacks. */
  private Optional<PrecheckFinding> fewer(Ends ends) throws IOException {
    OptionalInt allowed = ends.source().databases();
    if (allowed.isEmpty() || allowed.getAsInt() == 1) {
      return Optional.empty();
    }
    if (ends.target().hasOnlyDatabaseZero()) {
      return Optional.of(Finding.warning(code(), "cluster").done());
    }
    Server target = ends.target().front();
    RespValue last = target.select(allowed.getAsInt() - 1);
    if (!last.isError()) {
      return Optional.empty();
    }
    if (Reply.isForbidden(last)) {
      return Optional.of(forbidden(target, last));
    }
    // Ascending, so that the first refused one is named; servers have few databases.
    int first = 1;
    while (!target.select(first).isError()) {
      first++;
    }
    return Optional.of(
        Finding.warning(code(), "fewer").with("highest", first - 1).with("refused", first).done());
  }

  /** It says nothing of which databases there are. */
  private PrecheckFinding forbidden(Server target, RespValue reply) {
    return Finding.block(code(), "forbidden")
        .with("error", reply.text())
        .command(SmallestRights.targetCommand(target))
        .done();
  }

  private static String list(Collection<Integer> databases) {
    return databases.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
