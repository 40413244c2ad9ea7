package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.SyncSpec;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** The target is empty, or the task says what becomes of what it holds. */
final class TargetEmptyCheck implements Check {
  @Override
  public PrecheckCode code() {
    return PrecheckCode.TARGET_EMPTY;
  }

  @Override
  public boolean isOfAllSources() {
    return true;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    TargetKeys keys = TargetKeys.read(ends);
    Collection<Integer> databases =
        keys.foreign().isEmpty() ? ends.databases() : keys.foreign().keySet();
    Finding finding;
    if (keys.claimedByThisTask() && !ends.sync().afresh()) {
      finding = Finding.pass(code()).variant("own");
    } else if (keys.foreign().isEmpty()) {
      finding = Finding.pass(code());
    } else if (!variant(ends.sync()).isEmpty()) {
      finding = Finding.warning(code(), variant(ends.sync()));
    } else {
      finding = Finding.block(code(), emptyBecause(ends.sync()));
    }
    return List.of(
        finding
            .with("keys", keys.foreignCount())
            .with(
                "databases",
                databases.stream().map(String::valueOf).collect(Collectors.joining(", ")))
            .done());
  }

  /** Why it has to be empty: there may be nothing else to choose. */
  private static String emptyBecause(SyncSpec sync) {
    if (sync.spreads()) {
      return "shards";
    }
    return sync.moreSources().isEmpty() ? "refuse" : "sources";
  }

  /** What becomes of keys that are there; empty where none may be. */
  private static String variant(SyncSpec sync) {
    if (!sync.moreSources().isEmpty()) {
      return "";
    }
    return switch (sync.onExists()) {
      case REPLACE -> "replace";
      case SKIP -> "skip";
      case FAIL -> "fail";
      default -> "";
    };
  }
}
