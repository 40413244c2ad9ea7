package io.cachesync.agent.precheck;

import io.cachesync.contract.PrecheckCode;
import io.cachesync.contract.PrecheckFinding;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/**
 * What applications send to a single server that a cluster takes only where all its keys lie in one
 * slot. Nothing is said where the source is a cluster itself, or the target is none.
 */
final class CrossSlotCheck implements Check {
  /** Those that are seldom sent with one key; DEL and its like are, and would say nothing. */
  private static final Set<String> SEVERAL_KEYS =
      Set.of(
          "MSET",
          "MSETNX",
          "MGET",
          "RENAME",
          "RENAMENX",
          "COPY",
          "SMOVE",
          "RPOPLPUSH",
          "BRPOPLPUSH",
          "LMOVE",
          "BLMOVE",
          "LMPOP",
          "BLMPOP",
          "ZMPOP",
          "BZMPOP",
          "SINTER",
          "SUNION",
          "SDIFF",
          "SINTERCARD",
          "SINTERSTORE",
          "SUNIONSTORE",
          "SDIFFSTORE",
          "ZINTER",
          "ZUNION",
          "ZDIFF",
          "ZINTERSTORE",
          "ZUNIONSTORE",
          "ZDIFFSTORE",
          "ZRANGESTORE",
          "GEOSEARCHSTORE",
          "PFMERGE",
          "BITOP",
          "EVAL",
          "EVALSHA",
          "FCALL");

  @Override
  public PrecheckCode code() {
    return PrecheckCode.CROSS_SLOT;
  }

  @Override
  public boolean isOfAllSources() {
    return true;
  }

  @Override
  public List<PrecheckFinding> run(Ends ends) throws IOException {
    if (!ends.target().hasOnlyDatabaseZero() || ends.source().hasOnlyDatabaseZero()) {
      return List.of();
    }
    SortedMap<String, Long> calls = ends.calls();
    calls.keySet().retainAll(SEVERAL_KEYS);
    Finding finding = calls.isEmpty() ? Finding.pass(code()) : Finding.warning(code(), "several");
    return List.of(finding.with("commands", Counts.text(calls)).done());
  }
}
