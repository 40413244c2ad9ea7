package io.cachesync.agent.precheck;

import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Commands that change whole databases, as the source has counted them: where one of them would
 * stop this task, somebody should know before the night.
 */
final class SourceCommandsCheck implements Check {
  private static final List<String> WHOLE = List.of("FLUSHALL", "FLUSHDB", "SWAPDB");
  private static final List<String> CODE = List.of("EVAL", "EVALSHA", "FCALL");

  /** The first version that has SWAPDB. */
  private static final int SWAPDB_SINCE = 400;

  @Override
  public PrecheckCode code() {
    return PrecheckCode.SOURCE_COMMANDS;
  }

  @Override
  public boolean isOfAllSources() {
    return true;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    SortedMap<String, Long> calls = ends.calls();
    SortedMap<String, Long> whole = new TreeMap<>(calls);
    whole.keySet().retainAll(WHOLE);
    // Without them the stream goes on as if they had never been sent.
    ends.sync()
        .filter()
        .excludeCommands()
        .forEach(name -> whole.keySet().removeIf(name::equalsIgnoreCase));
    long scripts = CODE.stream().mapToLong(name -> calls.getOrDefault(name, 0L)).sum();
    Finding finding = judged(ends, whole);
    return List.of(
        finding
            .with("commands", Counts.text(whole))
            .with("scripts", scripts)
            .with("up", Amount.seconds(Math.max(0, uptime(ends))))
            .done());
  }

  private Finding judged(Ends ends, Map<String, Long> whole) throws IOException {
    if (whole.isEmpty()) {
      return Finding.pass(code());
    }
    // By the rules of the engine: only what is all the task's may be flushed.
    if (ends.source().masters().size() > 1) {
      return Finding.warning(code(), "several");
    }
    TargetKeys keys = TargetKeys.read(ends);
    if (keys.foreignCount() > 0 && !keys.owned()) {
      return Finding.warning(code(), "others");
    }
    FilterSpec filter = ends.sync().filter();
    boolean chosen = !filter.databases().isEmpty() || !filter.targetDatabasesLeftOut().isEmpty();
    boolean oneDatabase = ends.target().hasOnlyDatabaseZero();
    if (chosen && !oneDatabase && (whole.containsKey("FLUSHALL") || whole.containsKey("SWAPDB"))) {
      return Finding.warning(code(), "beyond");
    }
    boolean swaps = !oneDatabase && ends.target().masters().stream().allMatch(this::hasSwapDb);
    if (whole.containsKey("SWAPDB") && !swaps) {
      return Finding.warning(code(), "swap");
    }
    return Finding.pass(code()).variant("carried");
  }

  private boolean hasSwapDb(Server target) {
    return target.info().commandLevel() >= SWAPDB_SINCE;
  }

  /** Of the source that runs longest; what was counted may be younger (CONFIG RESETSTAT). */
  private static long uptime(Ends ends) {
    return ends.source().masters().stream()
        .mapToLong(master -> master.info().number("uptime_in_seconds"))
        .max()
        .orElse(0);
  }
}
